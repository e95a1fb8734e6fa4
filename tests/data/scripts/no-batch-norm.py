import torch, torch.nn as nn
x = torch.linspace(-1,1,100).unsqueeze(1); y = x.pow(2)
model = nn.Sequential(nn.Linear(1,16), nn.ReLU(), nn.BatchNorm1d(16), nn.Linear(16,16), nn.Tanh(), nn.Linear(16,1))
opt = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=1e-4, maximize=False)
for e in range(300):
    out = model(x)
    loss = torch.sqrt(nn.MSELoss()(out, y))
    opt.zero_grad(); loss.backward(); opt.step()
    for g in opt.param_groups: g['lr'] *= 0.99
