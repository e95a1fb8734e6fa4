import torch, torch.nn as nn
x = torch.linspace(-1,1,100).unsqueeze(1); y = x.pow(2)
model = nn.Sequential(nn.Linear(1,16), nn.ReLU(), nn.Linear(16,1))
opt = torch.optim.SGD(model.parameters(), lr=0.1)
def train_step(model, x, y):
    opt.zero_grad(); loss = nn.MSELoss()(model(x), y); loss.backward(); opt.step(); return loss.item()
losses = [train_step(model, x, y) for _ in range(100)]
