from reference import R, T

TIES = T([[1.0, 1, 2], [3, 3, 3]])


def add(c):
    c("argsort", "torch.argsort(x, dim=1, stable=True).int()", R(2, 4))
    c("argsort/ties", "torch.argsort(x, dim=1, descending=True, stable=True).int()", TIES)
    c("sort", "[(s := torch.sort(x, dim=0, stable=True)).values, s.indices.int()]", R(4, 2))
    c("sort/descending", "[(s := torch.sort(x, dim=1, descending=True, stable=True)).values, s.indices.int()]", R(2, 4))
    c("topK", "[(s := torch.topk(x, 2, 1)).values, s.indices.int()]", R(2, 5))
    c("bottomK", "[(s := torch.topk(x, 2, 0, largest=False)).values, s.indices.int()]", R(5, 2))
    c("kthValue", "[(s := torch.kthvalue(x, 2, 1)).values, s.indices.int()]", R(2, 5))
    c("median", "x.median(1).values", R(2, 5))
    c("median/even", "x.quantile(0.5, 0)", R(4, 2))
    c("quantile", "x.quantile(0.3, 1)", R(2, 5))
    c("quantile/several", "x.quantile(torch.tensor([0.0, 0.4, 1.0]), 1)", R(2, 5))
