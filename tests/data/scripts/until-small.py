import torch
x = torch.linspace(0, 10, 50).view(-1, 1)
y = 3 * x + 2
w = torch.randn(1, 1, requires_grad=True)
b = torch.zeros(1, requires_grad=True)
opt = torch.optim.Adam([w, b], lr=0.1)
while True:
    loss = torch.mean(torch.square(x @ w + b - y))
    opt.zero_grad()
    loss.backward()
    opt.step()
    if loss.item() < 1e-3:
        break
