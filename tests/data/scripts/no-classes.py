import torch, torch.nn as nn
x = torch.linspace(-1,1,100).unsqueeze(1)
y = (x > 0).float()
model = nn.Sequential(nn.Linear(1,8), nn.ReLU(), nn.Linear(8,1), nn.Sigmoid())
opt = torch.optim.Adam(model.parameters())
crit = nn.BCELoss()
for e in range(300):
    loss = crit(model(x), y) + 1e-3 * sum(p.pow(2).sum() for p in model.parameters())
    opt.zero_grad(); loss.backward(); opt.step()
