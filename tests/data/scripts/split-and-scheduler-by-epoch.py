import torch, torch.nn as nn, torch.optim as optim
torch.manual_seed(7)
x = torch.randn(100, 1)
y = 3*x + 0.5*torch.randn(100, 1)
n = len(x)
perm = torch.randperm(n)
tr, te = perm[:80], perm[80:]
xtr, ytr = x[tr], y[tr]
class LinearRegression(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(1, requires_grad=True))
        self.bias = nn.Parameter(torch.randn(1, requires_grad=True))
    def forward(self, x): return self.weight * x + self.bias
m = LinearRegression()
o = optim.SGD(m.parameters(), lr=0.05, momentum=0.9, nesterov=True)
sch = optim.lr_scheduler.ExponentialLR(o, 0.99)
for e in range(50):
    for i in range(0, 80, 16):
        p = m(xtr[i:i+16])
        l = nn.functional.l1_loss(p, ytr[i:i+16])
        o.zero_grad(); l.backward(); o.step()
    sch.step()
