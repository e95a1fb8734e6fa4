import torch

torch.manual_seed(2)
x = torch.randn(50, 2)
y = x.pow(2).sum(dim=1, keepdim=True)
net = torch.nn.Sequential(torch.nn.Linear(2, 6), torch.nn.ReLU(), torch.nn.Linear(6, 1))
optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
for epoch in range(20):
    order = torch.randperm(50)
    for i in range(0, 50, 10):
        picked = order[i:i + 10]
        loss = torch.nn.functional.mse_loss(net(x[picked]), y[picked])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
