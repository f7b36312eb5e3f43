from reference import R


def add(c):
    c("conv1d", "F.conv1d(x, y)", R(2, 2, 5), R(3, 2, 2))
    c("conv1d/odd", "F.conv1d(F.pad(x, (2, 1)), y, stride=2, dilation=2, groups=2)", R(1, 4, 6), R(4, 2, 2))
    c("conv2d", "F.conv2d(x, y)", R(2, 2, 5, 4), R(3, 2, 2, 3))
    c("conv2d/odd", "F.conv2d(x, y, stride=(2, 1), padding=(1, 2), dilation=(1, 2), groups=2)", R(2, 4, 6, 5), R(4, 2, 3, 2))
    c("conv2d/uneven", "F.conv2d(F.pad(x, (0, 1, 2, 0)), y, stride=(2, 1))", R(1, 2, 4, 3), R(2, 2, 3, 2))
    c("conv3d", "F.conv3d(x, y)", R(1, 2, 3, 3, 2), R(2, 2, 2, 2, 2))
    c("conv3d/odd", "F.conv3d(x, y, stride=(2, 1, 2), padding=(1, 0, 1), dilation=(1, 2, 1), groups=2)", R(1, 2, 3, 4, 3), R(2, 1, 2, 2, 2))
    c("convTranspose1d", "F.conv_transpose1d(x, y)", R(2, 2, 3), R(2, 3, 2))
    c("convTranspose1d/odd", "F.conv_transpose1d(x, y, stride=3, padding=2, output_padding=2, dilation=2, groups=2)", R(1, 2, 4), R(2, 2, 3))
    c("convTranspose2d", "F.conv_transpose2d(x, y)", R(1, 2, 2, 3), R(2, 2, 2, 2))
    c("convTranspose2d/odd", "F.conv_transpose2d(x, y, stride=(2, 1), padding=(1, 0), output_padding=(1, 1), dilation=(1, 2), groups=2)", R(1, 4, 3, 2), R(4, 1, 3, 2))
    c("convTranspose2d/uneven", "F.conv_transpose2d(x, y, stride=2)[:, :, 1:, :-2]", R(1, 2, 2, 3), R(2, 2, 3, 3))
    c("convTranspose3d", "F.conv_transpose3d(x, y)", R(1, 2, 2, 2, 2), R(2, 1, 2, 2, 2))
    c("convTranspose3d/odd", "F.conv_transpose3d(x, y, stride=(2, 1, 2), padding=(1, 0, 1), output_padding=(1, 0, 1), groups=2)", R(1, 2, 2, 2, 2), R(2, 1, 3, 2, 2))
