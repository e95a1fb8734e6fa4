import torch, torch.nn as nn
torch.set_default_dtype(torch.float64)
x = torch.linspace(-1, 1, 64).unsqueeze(1)
y = x**2
net = nn.Sequential(nn.Linear(1, 128), nn.Sigmoid(), nn.Linear(128, 1))
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for i in range(100):
    loss = nn.MSELoss()(net(x), y); opt.zero_grad(); loss.backward(); opt.step()
