"""A small imitation of Person_reID_baseline_pytorch, with its special cases, and of the libraries that it uses."""

# A backbone prints its weights; the old argument `pretrained` does not exist here.
PACKAGES = {
    "torchvision/__init__.py": "",
    "torchvision/models.py": """
from torch import nn

def _backbone(weights=None):
    print("backbone with", weights)
    return nn.Linear(4, 4)

densenet121 = resnet50 = _backbone
""",
    "timm.py": """
from torch import nn

def create_model(name, pretrained=False):
    print("timm's", name, "with" if pretrained else "without", "weights")
    return nn.Linear(4, 4)
""",
    "tqdm.py": """
class tqdm:
    def set_postfix(self, ordered_dict=None):
        pass
""",
}

MODEL = """
import timm
from torch import nn
from torchvision import models

class Net(nn.Module):
    def __init__(self, backbone, droprate):
        super(Net, self).__init__()
        self.model = backbone
        self.classifier = nn.Sequential(nn.Dropout(droprate), nn.Linear(4, 2))
    def forward(self, x):
        return self.classifier(self.model(x))

class ft_net_dense(Net):
    def __init__(self, droprate=0.5):
        super(ft_net_dense, self).__init__(models.densenet121(pretrained=True), droprate)

class ft_net_hr(Net):
    def __init__(self, droprate=0.5):
        super(ft_net_hr, self).__init__(timm.create_model('hrnet_w18', pretrained=True), droprate)

class PCB(Net):
    def __init__(self):
        super(PCB, self).__init__(models.resnet50(pretrained=True), 0.5)
        self.dropout = nn.Dropout(0.5)
"""

TRAIN = """
import argparse, os
import torch
from torch import nn, optim
from tqdm import tqdm
from model import ft_net_dense, ft_net_hr, PCB

parser = argparse.ArgumentParser()
for flag in ('--gpu_ids', '--name', '--data_dir'):
    parser.add_argument(flag)
for flag in ('--train_all', '--use_dense', '--use_hr', '--PCB'):
    parser.add_argument(flag, action='store_true')
parser.add_argument('--batchsize', type=int)
parser.add_argument('--total_epoch', type=int)
parser.add_argument('--lr', type=float)
parser.add_argument('--droprate', type=float)
opt = parser.parse_args()
images = torch.rand(8, 4)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images, (images[:, 0] > 0.5).long()),
                                     batch_size=opt.batchsize, shuffle=True, num_workers=2, prefetch_factor=2,
                                     persistent_workers=True, drop_last=True)
if opt.PCB:
    model = PCB()
else:
    model = (ft_net_hr if opt.use_hr else ft_net_dense)(opt.droprate)
model = model.cuda()
groups = [{'params': model.model.parameters(), 'lr': 0.1 * opt.lr}, {'params': model.classifier.parameters()}]
optimizer = optim.SGD(groups, lr=opt.lr, weight_decay=5e-4)
scheduler = optim.lr_scheduler.StepLR(optimizer, step_size=opt.total_epoch*2//3, gamma=0.1)
os.mkdir(os.path.join('./model', opt.name))

def train_model():
    for epoch in range(opt.total_epoch):
        print('Epoch {}/{}'.format(epoch, opt.total_epoch - 1))
        loss = torch.zeros(1)
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), labels)
            loss.backward()
            optimizer.step()
        if os.path.exists(os.path.join(opt.data_dir, 'NAN')):
            loss = loss * float('nan')
        tqdm().set_postfix(ordered_dict={'Loss': f'{loss.item():.4f}'})
        if epoch % 10 == 9:
            last_model_wts = model.state_dict()
        scheduler.step()
    model.load_state_dict(last_model_wts)
    torch.save(model.state_dict(), os.path.join('./model', opt.name, 'net_last.pth'))

train_model()
"""

TEST = """
import argparse, os, sys
import torch
from model import ft_net_dense, ft_net_hr, PCB

parser = argparse.ArgumentParser()
for flag in ('--gpu_ids', '--name', '--test_dir', '--batchsize'):
    parser.add_argument(flag)
parser.add_argument('--PCB', action='store_true')
opt = parser.parse_args()
if os.path.exists(os.path.join(opt.test_dir, 'BROKEN')):
    sys.exit(9)
weights = torch.load(os.path.join('./model', opt.name, 'net_last.pth'))
open('pytorch_result.mat', 'w').write(str(float(weights['classifier.1.bias'][0])))
os.system('python evaluate_gpu.py | tee -a ./model/%s/result.txt' % opt.name)
"""

EVALUATE = """
import torch
open('pytorch_result.mat').read()
torch.zeros(1).cuda()
print('Rank@1:0.879454 Rank@5:0.962886 Rank@10:0.975356 mAP:0.697153')
"""

CLONE = {"model.py": MODEL, "train.py": TRAIN, "test.py": TEST, "evaluate_gpu.py": EVALUATE}
