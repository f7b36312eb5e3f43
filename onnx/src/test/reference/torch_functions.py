"""Exports many PyTorch functions and layers, each at five opsets, as ONNX test cases.

    python torch_functions.py FOLDER
    backlight check-onnx FOLDER

Needs torch, onnx and onnxruntime. The expected outputs are those of onnxruntime: what PyTorch's
exporter writes is not always what PyTorch computes, as with `scatter_add` before opset 16.
"""

import io
import shutil
import sys
import warnings
from pathlib import Path

import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from torch import nn

OPSETS = (9, 11, 13, 17, 20)

torch.manual_seed(0)
I = torch.randn(2, 4, 9, 8)
S = torch.randn(3, 5, 6)


class Function(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, *args):
        return self.f(*args)


# fmt: off
CASES = {
    "interp_bilinear": (lambda x: F.interpolate(x, scale_factor=2, mode='bilinear'), (I,)),
    "interp_align": (lambda x: F.interpolate(x, size=(5, 13), mode='bilinear', align_corners=True), (I,)),
    "interp_nearest": (lambda x: F.interpolate(x, size=(5, 13), mode='nearest'), (I,)),
    "interp_bicubic": (lambda x: F.interpolate(x, size=(5, 13), mode='bicubic'), (I,)),
    "adaptive": (lambda x: F.adaptive_avg_pool2d(x, (3, 4)), (I,)),
    "pad_reflect": (lambda x: F.pad(x, (1, 2, 3, 1), mode='reflect'), (I,)),
    "pad_replicate": (lambda x: F.pad(x, (1, 2, 3, 1), mode='replicate'), (I,)),
    "pad_neg": (lambda x: F.pad(x, (-1, 2, 3, -2)), (I,)),
    "unfold": (lambda x: F.unfold(x, 3, padding=1, stride=2), (I,)),
    "pixel": (lambda x: F.pixel_shuffle(x, 2), (I,)),
    "norms": (lambda x: x.norm(dim=1)+x.norm(p=1, dim=1), (I,)),
    "std": (lambda x: x.std(dim=(2, 3))+x.var(dim=(2, 3), unbiased=False), (I,)),
    "logsumexp": (lambda x: torch.logsumexp(x, (1, 2)), (I,)),
    "cumsum": (lambda x: x.cumsum(2), (I,)),
    "sort": (lambda x: torch.sort(x, dim=-1, descending=True)[0], (S,)),
    "topk": (lambda x: torch.topk(x, 3, dim=1)[0], (S,)),
    "argmax": (lambda x: x.argmax(1), (S,)),
    "gather": (lambda x: x.gather(2, torch.tensor([[[0, 1, 5]]*5]*3)), (S,)),
    "scatter": (lambda x: x.scatter(2, torch.tensor([[[0, 1, 5]]*5]*3), 1.5), (S,)),
    "scatter_add": (lambda x: x.scatter_add(2, torch.tensor([[[0, 0, 5]]*5]*3), x[:, :, :3]), (S,)),
    "index": (lambda x: x[:, [2, 0, 1]][:, :, 1::2], (S,)),
    "index2": (lambda x: x[torch.tensor([0, 2]), torch.tensor([1, 4])], (S,)),
    "indexput": (lambda x: x.clone().index_put((torch.tensor([0, 2]), torch.tensor([1, 4])), torch.ones(2, 6)), (S,)),
    "flip": (lambda x: x.flip(1, 2), (S,)),
    "roll": (lambda x: x.roll(2, 1), (S,)),
    "einsum": (lambda x: torch.einsum('bij, bkj->bik', x, x), (S,)),
    "bmm": (lambda x: x@x.transpose(1, 2), (S,)),
    "where": (lambda x: torch.where(x>0, x, x.exp()), (S,)),
    "masked": (lambda x: x.masked_fill(x<0, -3.), (S,)),
    "triu": (lambda x: x.triu(1)+x.tril(-1), (S,)),
    "clamp": (lambda x: x.clamp(-.5, .3)+x.clamp(min=0)+x.clamp(max=.1), (S,)),
    "acts": (lambda x: F.gelu(x)+F.gelu(x, approximate='tanh')+F.silu(x)+F.mish(x)+F.hardswish(x)+F.hardsigmoid(x)+F.elu(x, .7)+F.celu(x, .7)+F.selu(x)+F.softplus(x)+F.logsigmoid(x)+F.hardtanh(x)+F.relu6(x)+F.softsign(x), (S,)),
    "shrink": (lambda x: F.softshrink(x)+F.hardshrink(x)+F.tanhshrink(x)+F.threshold(x, .1, 3.), (S,)),
    "glu": (lambda x: F.glu(x, -1), (S,)),
    "round": (lambda x: torch.round(x*2)+torch.floor(x)+torch.trunc(x)+torch.frac(x), (S,)),
    "mod": (lambda x: torch.fmod(x, .7)+torch.remainder(x, .7)+torch.floor_divide(x, .3), (S,)),
    "intdiv": (lambda x: torch.div((x*5).long(), 3, rounding_mode='floor')+torch.div((x*5).long(), 3, rounding_mode='trunc'), (S,)),
    "pow": (lambda x: x**2+x.abs()**.5+2**x, (S,)),
    "trig": (lambda x: x.sin()+x.tan()+x.tanh().asin()+x.atan()+x.sinh()+x.asinh(), (S,)),
    "logsoftmax": (lambda x: F.log_softmax(x, 1)+F.softmax(x, 0), (S,)),
    "minmax": (lambda x: torch.max(x, dim=1)[0]+torch.min(x, dim=1)[0]+x.amax(1), (S,)),
    "cat": (lambda x: torch.cat([x, x*2], 1).chunk(5, 1)[1], (S,)),
    "split": (lambda x: x.split([1, 3, 1], 1)[1]+1, (S,)),
    "stack": (lambda x: torch.stack([x, x+1], 2).unbind(2)[1], (S,)),
    "expand": (lambda x: x.unsqueeze(1).expand(-1, 4, -1, -1).repeat(1, 1, 2, 1), (S,)),
    "onehot": (lambda x: F.one_hot(x.argmax(1), 5).float(), (S,)),
    "cosine": (lambda x: F.cosine_similarity(x, x.flip(1), dim=-1), (S,)),
    "normalize": (lambda x: F.normalize(x, dim=-1), (S,)),
    "prelu": (nn.PReLU(4), (I,)),
    "conv_same": (nn.Conv2d(4, 6, 3, padding='same', dilation=2), (I,)),
    "conv_group": (nn.Conv2d(4, 8, (3, 2), stride=(2, 1), padding=(2, 1), groups=4), (I,)),
    "conv1d": (nn.Conv1d(5, 4, 3, stride=2, padding=2, dilation=2), (S,)),
    "conv3d": (nn.Conv3d(2, 3, 2, stride=2, padding=1), (torch.randn(1,2,5,4,6),)),
    "convt": (nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2), (I,)),
    "convt3": (nn.ConvTranspose3d(2, 3, 2, stride=2), (torch.randn(1,2,3,4,2),)),
    "maxpool": (nn.MaxPool2d(3, 2, 1, dilation=1, ceil_mode=True), (I,)),
    "maxpool_dil": (nn.MaxPool2d(2, 1, 0, dilation=2), (I,)),
    "avgpool": (nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False), (I,)),
    "avgpool_inc": (nn.AvgPool2d(3, 2, 1, ceil_mode=True), (I,)),
    "avgpool1": (nn.AvgPool1d(3, 2, 1), (S,)),
    "lppool": (nn.LPPool2d(2, 3, 2), (I.abs(),)),
    "gn": (nn.GroupNorm(2, 4), (I,)),
    "in": (nn.InstanceNorm2d(4, affine=True), (I,)),
    "ln": (nn.LayerNorm([9, 8]), (I,)),
    "bn1": (nn.BatchNorm1d(5), (S,)),
    "lrn": (nn.LocalResponseNorm(3), (I,)),
    "lstm2": (nn.LSTM(6, 5, 2, bidirectional=True), (S,)),
    "gru2": (nn.GRU(6, 5, 2, batch_first=True), (S,)),
    "rnnrelu": (nn.RNN(6, 5, nonlinearity='relu'), (S,)),
    "mha": (nn.MultiheadAttention(6, 2, batch_first=True), (S,S,S)),
    "sdpa": (lambda x: F.scaled_dot_product_attention(x, x, x, is_causal=True), (torch.randn(2,2,5,4),)),
    "embed": (nn.Embedding(10, 4), (torch.tensor([[1,2],[9,0]]),)),
    "embbag": (nn.EmbeddingBag(10, 4, mode='mean'), (torch.tensor([[1,2],[9,0]]),)),
    "ce": (lambda x: F.cross_entropy(x, torch.tensor([1, 0, 4])), (torch.randn(3,5),)),
    "grid": (lambda x, g: F.grid_sample(x, g, align_corners=False, padding_mode='border'), (I,torch.rand(2,3,4,2)*3-1.5)),
    "affine": (lambda t: F.affine_grid(t, (2, 3, 4, 5), align_corners=False), (torch.randn(2,2,3),)),
    "meshgrid": (lambda x: sum(torch.meshgrid(x, x, indexing='ij')), (torch.randn(4),)),
    "arange": (lambda x: x+torch.arange(x.shape[2]).float(), (S,)),
    "bitand": (lambda x: (x*9).int()&3, (S,)),
    "isnan": (lambda x: torch.isnan(x.log())|torch.isinf(x), (S,)),
    "hypot": (lambda x: torch.atan2(x, x+1)+torch.hypot(x, x), (S,)),
    "erf": (lambda x: torch.erf(x)+torch.expm1(x)+torch.log1p(x.abs()), (S,)),
    "cdist": (lambda x: torch.cdist(x, x+1), (S,)),
    "movedim": (lambda x: x.movedim(0, 2).flatten(1).unflatten(1, (3, 6)) , (S,)),
    "half": (lambda x: (x.half()*2).float(), (S,)),
    "double": (lambda x: (x.double().sum(1)).float(), (S,)),
    "det": (lambda x: torch.linalg.det(x), (torch.randn(2,3,3),)),
    "maxunpool": (lambda x: F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2), (torch.randn(1,2,6,8),)),
    "diag": (lambda x: torch.diagonal(x, dim1=1, dim2=2), (torch.randn(2,4,4),)),
    "any": (lambda x: (x>0).any(1)|(x>-2).all(1), (S,)),
    "prod": (lambda x: x.prod(1), (S,)),
    "dropout": (nn.Dropout(.5), (S,)),
}
# fmt: on


def export(module, inputs, opset):
    buffer = io.BytesIO()
    names = [f"i{k}" for k in range(len(inputs))]
    torch.onnx.export(
        module, inputs, buffer, dynamo=False, opset_version=opset, input_names=names
    )
    return buffer.getvalue()


def main(folder):
    warnings.filterwarnings("ignore")
    onnxruntime.set_default_logger_severity(4)
    left = 0
    for name, (f, inputs) in CASES.items():
        module = (f if isinstance(f, nn.Module) else Function(f)).eval()
        for parameter in module.parameters():
            if parameter.dim() == 1:
                parameter.data.uniform_(0.3, 1.2)
        for opset in OPSETS:
            case = Path(folder) / f"{name}_{opset}"
            shutil.rmtree(case, ignore_errors=True)
            try:
                model = export(module, inputs, opset)
                session = onnxruntime.InferenceSession(model)
                feeds = {i.name: inputs[int(i.name[1:])].numpy() for i in session.get_inputs()}
                outputs = session.run(None, feeds)
            except Exception:  # an operator that the opset, the exporter or onnxruntime has not
                left += 1
                continue
            data = case / "test_data_set_0"
            data.mkdir(parents=True)
            (case / "model.onnx").write_bytes(model)
            order = [value.name for value in onnx.load_from_string(model).graph.input]
            for kind, values in (("input", [feeds[n] for n in order]), ("output", outputs)):
                for k, value in enumerate(values):
                    proto = numpy_helper.from_array(value)
                    (data / f"{kind}_{k}.pb").write_bytes(proto.SerializeToString())
    print(f"{len(CASES)} functions at {len(OPSETS)} opsets, {left} of which do not exist")


if __name__ == "__main__":
    main(sys.argv[1])
