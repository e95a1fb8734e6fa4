import torch, torch.nn as nn
torch.manual_seed(0)
x = torch.linspace(-1,1,100)
y = x**3
model = nn.Sequential(nn.Linear(1,20), nn.LeakyReLU(), nn.Linear(20,1))
opt = torch.optim.Adagrad(model.parameters(), lr=0.05)
crit = nn.HuberLoss()
for e in range(300):
    pred = model(x.unsqueeze(-1)).squeeze(-1)
    loss = crit(pred, y)
    opt.zero_grad(); loss.backward(); opt.step()
