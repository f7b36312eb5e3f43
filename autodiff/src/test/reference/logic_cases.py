from reference import B, R, T


def add(c):
    for name in ["gt", "ge", "lt", "le", "eq", "ne"]:
        c(name, f"torch.{name}(x, y)", T([1.0, 2, 3, 4]), T([3.0, 2, 1, 4]))
        c(name + "/number", f"torch.{name}(x, 2)", T([1.0, 2, 3, 4]))
    c("and", "x & y", B(6), B(6))
    c("or", "x | y", B(6), B(6))
    c("not", "~x", B(6))
    c("where", "torch.where(x, y, z)", B(2, 3), R(3), R(2, 1))
    c("where/static", "torch.where(x, y, z)", B(2, 3), R(2, 3), R(2, 3))
    c("where/number", "torch.where(x, y, 1.5)", B(6), R(6))
    c("where/numberFirst", "torch.where(x, 1.5, y)", B(6), R(6))
