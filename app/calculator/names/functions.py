"""The functions of `torch`, `torch.linalg`, `torch.special`, `torch.nn.functional`, reviewed name by name."""

from app.calculator.names.values import words

SIZED = words("""
    zeros ones full eye linspace logspace rand randn randint randperm tril_indices triu_indices
    hann_window hamming_window bartlett_window blackman_window kaiser_window range
""")
"""They make a tensor out of sizes and take `device=`."""

TORCH = words("""
    abs absolute acos acosh add addbmm addcdiv addcmul addmm addmv addr adjoint all allclose amax
    amin aminmax angle any arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin
    argsort argwhere asin asinh atan atan2 atanh atleast_1d atleast_2d atleast_3d avg_pool1d baddbmm
    batch_norm bernoulli bilinear bitwise_and bitwise_left_shift bitwise_not bitwise_or
    bitwise_right_shift bitwise_xor bmm broadcast_shapes broadcast_tensors broadcast_to bucketize
    can_cast cartesian_prod cat ceil celu chain_matmul cholesky cholesky_inverse cholesky_solve
    clamp clamp_max clamp_min clip clone column_stack complex concat concatenate conj conj_physical
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d copysign cos cosh
    cosine_similarity count_nonzero cross cummax cummin cumprod cumsum cumulative_trapezoid deg2rad
    det detach diagonal diagonal_scatter diff digamma dist div divide dot dropout dstack einsum
    embedding eq equal erf erfc erfinv exp exp2 expm1 fix flatten flip fliplr flipud float_power
    floor floor_divide fmax fmin fmod frac frexp full_like gather gcd ge ger gradient greater
    greater_equal gt hardshrink heaviside histc hstack hypot i0 igamma igammac imag index_add
    index_copy index_fill index_put index_reduce index_select inner inverse is_complex
    is_floating_point is_nonzero is_same_size is_signed is_tensor isclose isfinite isin isinf isnan
    isneginf isposinf isreal kron kthvalue layer_norm lcm ldexp le lerp less less_equal lgamma log
    log10 log1p log2 log_softmax logaddexp logaddexp2 logcumsumexp logdet logical_and logical_not
    logical_or logical_xor logit logsumexp lt lu masked_fill masked_scatter masked_select matmul
    matrix_exp matrix_power max max_pool1d max_pool2d maximum mean median meshgrid min minimum mm
    mode moveaxis movedim msort mul multinomial multiply mv mvlgamma nan_to_num nanmean nanmedian
    nanquantile nansum narrow ne neg negative nextafter nonzero norm normal not_equal numel
    ones_like outer pairwise_distance permute pinverse poisson polar polygamma positive pow prelu
    prod promote_types put quantile rad2deg rand_like randint_like randn_like ravel real reciprocal
    relu remainder renorm reshape result_type roll rot90 round row_stack rsqrt scalar_tensor scatter
    scatter_add scatter_reduce searchsorted select select_scatter selu sgn sigmoid sign signbit sin
    sinc sinh slice_scatter slogdet softmax sort sqrt square squeeze stack std std_mean sub subtract
    sum swapaxes swapdims t take take_along_dim tan tanh tensordot threshold tile topk trace
    transpose trapezoid trapz triangular_solve tril triu true_divide trunc unflatten unique
    unique_consecutive unravel_index unsqueeze var var_mean vdot view_as_complex view_as_real vstack
    where xlogy zeros_like
""")

LINALG = words("""
    cholesky cholesky_ex cond cross det diagonal eig eigh eigvals eigvalsh householder_product inv
    inv_ex lstsq lu lu_factor matmul matrix_exp matrix_norm matrix_power matrix_rank multi_dot norm
    pinv slogdet solve solve_ex solve_triangular svdvals tensorinv tensorsolve vecdot vector_norm
""")

PIECES = words("chunk dsplit hsplit split tensor_split unbind vsplit")
"""They take a tensor apart."""
FROM_DATA = words("as_tensor asarray tensor")
"""They make a tensor of Python's lists."""
SQUARED = words("block_diag cdist corrcoef cov diag diag_embed diagflat pdist qr svd vander")
SQUARED_LINALG = words("qr svd vander")
"""Their results can have as many elements as their inputs, squared."""

SPECIAL = words("""
    bessel_j0 bessel_j1 digamma entr erf erfc erfcx erfinv exp2 expit expm1 gammainc gammaincc
    gammaln i0 i0e i1 i1e log1p log_ndtr log_softmax logit logsumexp multigammaln ndtr ndtri
    polygamma psi round sinc softmax xlog1py xlogy zeta
""")

FUNCTIONAL = words("""
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d
    adaptive_max_pool2d affine_grid alpha_dropout avg_pool1d avg_pool2d avg_pool3d batch_norm
    bilinear binary_cross_entropy binary_cross_entropy_with_logits celu conv1d conv2d conv3d
    conv_transpose1d conv_transpose2d conv_transpose3d cosine_embedding_loss cosine_similarity
    cross_entropy dropout dropout1d dropout2d dropout3d elu elu_ embedding feature_alpha_dropout
    fold gaussian_nll_loss gelu glu grid_sample group_norm gumbel_softmax hardshrink hardsigmoid
    hardswish hardtanh hardtanh_ hinge_embedding_loss huber_loss instance_norm interpolate kl_div
    l1_loss layer_norm leaky_relu leaky_relu_ linear local_response_norm log_softmax logsigmoid
    lp_pool1d lp_pool2d margin_ranking_loss max_pool1d max_pool2d max_pool3d mish mse_loss
    multi_margin_loss multilabel_margin_loss multilabel_soft_margin_loss nll_loss normalize pad
    pairwise_distance pixel_shuffle pixel_unshuffle poisson_nll_loss prelu relu relu6 relu_ rms_norm
    rrelu scaled_dot_product_attention selu selu_ sigmoid silu smooth_l1_loss soft_margin_loss
    softmax softmin softplus softshrink softsign tanh tanhshrink threshold threshold_
    triplet_margin_loss unfold upsample
""")

INIT = words("""
    calculate_gain constant_ dirac_ eye_ kaiming_normal_ kaiming_uniform_ normal_ ones_ orthogonal_
    sparse_ trunc_normal_ uniform_ xavier_normal_ xavier_uniform_ zeros_
""")

STATE = words("""
    get_default_dtype is_grad_enabled is_inference_mode_enabled get_num_threads
    set_default_dtype broadcast_shapes is_anomaly_enabled typename
""")
"""They read or set torch's own state and make no tensor. The process ends with the program, and its state."""
