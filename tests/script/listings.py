"""Scripts as people write them."""

LESSON = """\
import torch
import torch.nn.functional as F
import matplotlib.pyplot as plt
from torch.autograd import Variable

x = torch.unsqueeze(torch.linspace(-1, 1, 100), dim=1)
y = x.pow(2) + 0.2 * torch.rand(x.size())
x, y = Variable(x), Variable(y)

class Net(torch.nn.Module):
    def __init__(self, n_feature, n_hidden, n_output):
        super(Net, self).__init__()
        self.hidden = torch.nn.Linear(n_feature, n_hidden)
        self.predict = torch.nn.Linear(n_hidden, n_output)

    def forward(self, x):
        hidden_out = F.relu(self.hidden(x))
        result = self.predict(hidden_out)
        return result

net = Net(n_feature=1, n_hidden=10, n_output=1)
print(net)

optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
loss_func = torch.nn.MSELoss()

plt.ion()
for t in range(1000):
    prediction = net(x)
    loss = loss_func(prediction, y)

    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if t % 5 == 0:
        plt.cla()
        plt.scatter(x.data.numpy(), y.data.numpy())
        plt.plot(x.data.numpy(), prediction.data.numpy(), 'r-', lw=5)
        plt.text(0.5, 0, 'Loss=%.4f' % loss.data.numpy())
        plt.pause(0.1)

plt.ioff()
plt.show()
"""

MODERN = """\
'''A small regression.'''
import torch
from torch import nn, optim
from torch.optim.lr_scheduler import StepLR

LR, HIDDEN = 0.01, 8
EPOCHS = 2 * 150
torch.manual_seed(3)
inputs = torch.linspace(start=-2, end=2, steps=50).unsqueeze(1)
targets = torch.sin(3 * inputs)


class Model(nn.Module):
    def __init__(self, width=HIDDEN):
        super().__init__()
        self.fc1 = nn.Linear(1, width)
        self.act = nn.Tanh()
        self.fc2 = nn.Linear(width, width)
        self.out = nn.Linear(in_features=width, out_features=1)

    def forward(self, z):
        z = self.act(self.fc1(z))
        z = self.act(self.fc2(z))
        return self.out(z)


torch.manual_seed(3)
model = Model()
criterion = nn.SmoothL1Loss()
opt = optim.AdamW(model.parameters(), LR, weight_decay=0.1)
scheduler = StepLR(opt, 100, gamma=0.5)

history = []
if __name__ == "__main__":
    for epoch in range(1, EPOCHS + 1):
        opt.zero_grad()
        out = model(inputs)
        loss = criterion(out, targets)
        loss.backward()
        opt.step()
        scheduler.step()
        history.append(loss.item())
        if epoch % 50 == 0:
            print(f"{epoch}: {loss.item():.4f}")
"""

SEQUENTIAL = """\
import torch
import torch.nn as nn
import torch.nn.functional as F
x = torch.tensor([[0.0], [1.0], [2.0]])
y = torch.tensor([[1.0], [2.5], [2.0]])
net = nn.Sequential(nn.Linear(1, 4), nn.ReLU(), nn.Linear(4, 1))
optimizer = torch.optim.Adam(net.parameters())
for t in range(10):
    loss = F.mse_loss(net(x), y)
    loss.backward()
    optimizer.step()
"""
