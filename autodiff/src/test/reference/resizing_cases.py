from reference import R, U


def add(c):
    c("resize/nearest", "F.interpolate(x, (5, 2), mode='nearest')", R(1, 2, 3, 4))
    c("resize/linear", "F.interpolate(x, 5, mode='linear')", R(1, 2, 3))
    c("resize", "F.interpolate(x, (5, 3), mode='bilinear')", R(1, 2, 3, 5))
    c("resize/corners", "F.interpolate(x, (5, 1), mode='bilinear', align_corners=True)", R(1, 1, 3, 4))
    c("resize/cubic", "F.interpolate(x, (5, 3), mode='bicubic')", R(1, 1, 4, 5))
    c("resize/cubicCorners", "F.interpolate(x, (6, 3), mode='bicubic', align_corners=True)", R(1, 1, 4, 5))
    c("resize/trilinear", "F.interpolate(x, (3, 1, 3), mode='trilinear')", R(1, 1, 2, 3, 2))
    c("upsample", "F.interpolate(x, scale_factor=2, mode='nearest')", R(1, 2, 2, 3))
    c("upsample/linear", "F.interpolate(x, scale_factor=3, mode='bilinear')", R(1, 1, 2, 3))
    c("patches", "F.unfold(x, (2, 3))", R(1, 2, 3, 4))
    c("patches/odd", "F.unfold(x, (2, 3), stride=(2, 1), padding=(1, 1), dilation=(1, 2))", R(1, 2, 3, 4))
    c("fold", "F.fold(x, (3, 4), (2, 3))", R(1, 12, 4))
    c("fold/odd", "F.fold(x, (3, 4), (2, 3), stride=(2, 1), padding=(1, 1), dilation=(1, 2))", R(1, 12, 4))
    c("pixelShuffle", "F.pixel_shuffle(x, 2)", R(2, 8, 2, 1))
    c("pixelUnshuffle", "F.pixel_unshuffle(x, 2)", R(2, 2, 4, 2))
    c("gridSample", "F.grid_sample(x, y, align_corners=False)", R(1, 2, 3, 4), U(1, 2, 3, 2, low=-1.3, high=1.3))
    c("gridSample/border", "F.grid_sample(x, y, padding_mode='border', align_corners=True)", R(1, 2, 3, 4), U(1, 2, 3, 2, low=-0.95, high=0.95))
    c("gridSample/nearest", "F.grid_sample(x, y.detach(), mode='nearest', align_corners=False)", R(1, 2, 3, 4), U(1, 2, 3, 2, low=-1.3, high=1.3))
    c("affineGrid", "F.affine_grid(x, (2, 1, 3, 2), align_corners=False)", R(2, 2, 3))
    c("affineGrid/corners", "F.affine_grid(x, (1, 1, 3, 1), align_corners=True)", R(1, 2, 3))
