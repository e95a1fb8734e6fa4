"""`torch.nn` layers and losses, `torch.optim`, and what may be read of them, reviewed name by name."""

from app.calculator.names.values import words

LAYERS = words("""
    AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d AdaptiveMaxPool2d
    AdaptiveMaxPool3d AlphaDropout AvgPool1d AvgPool2d AvgPool3d CELU ChannelShuffle ConstantPad1d
    ConstantPad2d CosineSimilarity Dropout Dropout1d Dropout2d Dropout3d ELU FeatureAlphaDropout
    Flatten Fold GELU GLU Hardshrink Hardsigmoid Hardswish Hardtanh Identity LPPool1d LPPool2d
    LeakyReLU LocalResponseNorm LogSigmoid LogSoftmax MaxPool1d MaxPool2d MaxPool3d Mish
    PairwiseDistance PixelShuffle PixelUnshuffle RReLU ReLU ReLU6 ReflectionPad1d ReflectionPad2d
    ReplicationPad1d ReplicationPad2d SELU SiLU Sigmoid Softmax Softmax2d Softmin Softplus
    Softshrink Softsign Tanh Tanhshrink Threshold Unflatten Unfold Upsample UpsamplingBilinear2d
    UpsamplingNearest2d ZeroPad1d ZeroPad2d BCELoss BCEWithLogitsLoss CosineEmbeddingLoss
    CrossEntropyLoss GaussianNLLLoss HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss MSELoss
    MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss
    PoissonNLLLoss SmoothL1Loss SoftMarginLoss TripletMarginLoss Sequential ModuleList ModuleDict
    ParameterList ParameterDict
""")

SIZED_LAYERS = words("""
    BatchNorm1d BatchNorm2d BatchNorm3d Bilinear Conv1d Conv2d Conv3d ConvTranspose1d
    ConvTranspose2d ConvTranspose3d Embedding GRU GRUCell GroupNorm InstanceNorm1d InstanceNorm2d
    InstanceNorm3d LSTM LSTMCell LayerNorm Linear MultiheadAttention PReLU RMSNorm RNN RNNCell
    TransformerDecoderLayer TransformerEncoderLayer
""")
"""They have parameters, sized by their arguments, and take `device=`."""

MODULE = words("""
    add_module apply bfloat16 buffers children cpu double eval extra_repr float forward
    get_parameter get_submodule half load_state_dict modules named_buffers named_children
    named_modules named_parameters parameters register_buffer register_forward_hook
    register_forward_pre_hook register_full_backward_hook register_module register_parameter
    requires_grad_ state_dict to train type zero_grad
""")

LAYER_METHODS = {
    "Sequential": words("append extend insert pop"),
    "ModuleList": words("append extend insert pop"),
    "ModuleDict": words("clear items keys pop update values"),
    "ParameterList": words("append extend"),
    "ParameterDict": words("items keys pop update values get"),
}
RESET = words("""
    BatchNorm1d BatchNorm2d BatchNorm3d Bilinear Conv1d Conv2d Conv3d Embedding GRU GRUCell LSTM
    LSTMCell LayerNorm Linear RNN RNNCell
""")
"""Layers with `reset_parameters()`."""

OPTIMIZERS = words("SGD Adam AdamW RMSprop Adagrad Adadelta Adamax ASGD NAdam RAdam Rprop LBFGS")
OPTIMIZER = words("zero_grad step state_dict load_state_dict add_param_group")
OPTIMIZER_PROPERTIES = words("param_groups state defaults")

SCHEDULERS = words("""
    ConstantLR CosineAnnealingLR CosineAnnealingWarmRestarts CyclicLR ExponentialLR LambdaLR
    LinearLR MultiStepLR MultiplicativeLR OneCycleLR PolynomialLR ReduceLROnPlateau StepLR
""")
SCHEDULER = words("step get_last_lr state_dict")
SCHEDULER_PROPERTIES = words("last_epoch base_lrs")

DTYPES = words("""
    float16 float32 float64 bfloat16 half float double int8 int16 int32 int64 uint8 short int long
    bool complex64 complex128 cfloat cdouble
""")
CONSTANTS = words("pi e inf nan newaxis preserve_format contiguous_format channels_last strided")

LEGACY_TENSORS = words("""
    FloatTensor DoubleTensor HalfTensor BFloat16Tensor ByteTensor CharTensor ShortTensor IntTensor
    LongTensor BoolTensor
""")
