import torch
from torch.utils.data import Dataset, DataLoader
import numpy as np
class CurveData(Dataset):
    def __init__(self, n=200):
        self.x = np.linspace(-1, 1, n).astype(np.float32)
        self.y = (self.x ** 2).astype(np.float32)
    def __len__(self): return len(self.x)
    def __getitem__(self, i):
        return torch.tensor([self.x[i]]), torch.tensor([self.y[i]])
torch.manual_seed(0)
train = DataLoader(CurveData(), batch_size=32, shuffle=True)
net = torch.nn.Sequential(torch.nn.Linear(1, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-3)
for epoch in range(10):
    for i, (xb, yb) in enumerate(train):
        loss = torch.nn.functional.mse_loss(net(xb), yb)
        opt.zero_grad(); loss.backward(); opt.step()
