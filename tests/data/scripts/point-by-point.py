import torch, torch.nn as nn
X = torch.tensor([1., 2, 3, 4, 5]); Y = torch.tensor([2., 4, 6, 8, 10])
model = nn.Linear(1, 1)
opt = torch.optim.SGD(model.parameters(), lr=0.01)
for e in range(100):
    for x, y in zip(X, Y):
        out = model(x.view(1))
        loss = (out - y) ** 2
        opt.zero_grad(); loss.backward(); opt.step()
