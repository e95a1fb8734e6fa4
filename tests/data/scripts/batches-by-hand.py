import torch
torch.manual_seed(0)
X = torch.linspace(-3, 3, 300).reshape(-1, 1)
Y = torch.sin(X) + 0.1 * torch.randn_like(X)
model = torch.nn.Sequential(torch.nn.Linear(1, 50), torch.nn.Tanh(), torch.nn.Linear(50, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.005)
batch = 30
for epoch in range(20):
    perm = torch.randperm(X.size(0))
    total = 0.0
    for i in range(0, X.size(0), batch):
        idx = perm[i:i + batch]
        xb, yb = X[idx], Y[idx]
        optimizer.zero_grad()
        loss = ((model(xb) - yb) ** 2).mean()
        loss.backward()
        optimizer.step()
        total += loss.item() * len(xb)
    print(epoch, total / len(X))
