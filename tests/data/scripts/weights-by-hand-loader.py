import torch
import torch.nn as nn
def synthetic(w, b, n):
    X = torch.normal(0, 1, (n, 1))
    y = torch.matmul(X, w) + b
    y += torch.normal(0, 0.01, y.shape)
    return X, y.reshape((-1, 1))
from torch.utils import data
features, labels = synthetic(torch.tensor([2.0]), 4.2, 1000)
def load_array(arrays, batch_size, is_train=True):
    return data.DataLoader(data.TensorDataset(*arrays), batch_size, shuffle=is_train)
data_iter = load_array((features, labels), 10)
next(iter(data_iter))
net = nn.Sequential(nn.Linear(1, 1))
net[0].weight.data.normal_(0, 0.01)
net[0].bias.data.fill_(0)
loss = nn.MSELoss()
trainer = torch.optim.SGD(net.parameters(), lr=0.03)
num_epochs = 3
for epoch in range(num_epochs):
    for X, y in data_iter:
        l = loss(net(X), y)
        trainer.zero_grad()
        l.backward()
        trainer.step()
    l = loss(net(features), labels)
    print(f'epoch {epoch + 1}, loss {l:f}')
