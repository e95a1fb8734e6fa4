# nn.Sequential without an optimizer: each parameter is moved by add_ with alpha
import torch

torch.manual_seed(3)
x = torch.linspace(-1, 1, 60).unsqueeze(1)
y = x.pow(3)
model = torch.nn.Sequential(torch.nn.Linear(1, 12), torch.nn.Tanh(), torch.nn.Linear(12, 1))
for step in range(400):
    loss = torch.nn.functional.mse_loss(model(x), y)
    model.zero_grad()
    loss.backward()
    for parameter in model.parameters():
        parameter.data.add_(parameter.grad, alpha=-0.05)
