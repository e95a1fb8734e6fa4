// Written by `python3.11 -m tools generate` from app/protocol. Do not edit.

/** What one thing in a program will be: one of the questions of `POST /api/questions`. */
export interface AboutProgramInput {
  kind?: "program";
  program: string;
  question: QuestionInput;
}

/** What one thing in a program will be: one of the questions of `POST /api/questions`. */
export interface AboutProgram {
  kind: "program";
  program: string;
  question: Question;
}

/**
 * What will become of runs.
 *
 * winner: which has the lowest loss in the end (a choice, by number of the run). order: all of them, the
 * lowest loss first (a rank). diverges: whether the one run diverges (a choice: 0 it does not, 1 it does).
 * loss: that of the one run in the end (a number). curve: the fitted curve of the one run in the end (a
 * sketch).
 */
export interface AboutRunsInput {
  kind: "winner" | "order" | "diverges" | "loss" | "curve";
  trial: TrialInput;
  /** How far a number may be off, as a part of the right one; of one below 1, as a number. */
  tolerance?: number;
}

/**
 * What will become of runs.
 *
 * winner: which has the lowest loss in the end (a choice, by number of the run). order: all of them, the
 * lowest loss first (a rank). diverges: whether the one run diverges (a choice: 0 it does not, 1 it does).
 * loss: that of the one run in the end (a number). curve: the fitted curve of the one run in the end (a
 * sketch).
 */
export interface AboutRuns {
  kind: "winner" | "order" | "diverges" | "loss" | "curve";
  trial: Trial;
  /** How far a number may be off, as a part of the right one; of one below 1, as a number. */
  tolerance: number;
}

/** Sent when the client has drawn the snapshot of this step; at most two may be unacknowledged. */
export interface Ack {
  type: "ack";
  step: number;
}

/** `torch.optim.Adagrad` (Duchi et al. 2011). */
export interface AdagradInput {
  name: "Adagrad";
  lr?: number;
  lr_decay?: number;
  weight_decay?: number;
  initial_accumulator_value?: number;
  eps?: number;
}

/** `torch.optim.Adagrad` (Duchi et al. 2011). */
export interface Adagrad {
  name: "Adagrad";
  lr: number;
  lr_decay: number;
  weight_decay: number;
  initial_accumulator_value: number;
  eps: number;
}

/** `torch.optim.Adam` (Kingma and Ba 2015). */
export interface AdamInput {
  name: "Adam";
  lr?: number;
  betas?: [number, number];
  eps?: number;
  weight_decay?: number;
  amsgrad?: boolean;
}

/** `torch.optim.Adam` (Kingma and Ba 2015). */
export interface Adam {
  name: "Adam";
  lr: number;
  betas: [number, number];
  eps: number;
  weight_decay: number;
  amsgrad: boolean;
}

/** `torch.optim.AdamW` (Loshchilov and Hutter 2019): Adam with weight decay apart from the gradient. */
export interface AdamWInput {
  name: "AdamW";
  lr?: number;
  betas?: [number, number];
  eps?: number;
  weight_decay?: number;
  amsgrad?: boolean;
}

/** `torch.optim.AdamW` (Loshchilov and Hutter 2019): Adam with weight decay apart from the gradient. */
export interface AdamW {
  name: "AdamW";
  lr: number;
  betas: [number, number];
  eps: number;
  weight_decay: number;
  amsgrad: boolean;
}

/** A question to the room. text: in the teacher's words; null: as the product words it. */
export interface Ask {
  text?: string | null;
  about: AboutProgramInput | AboutRunsInput | PollInput;
}

/** One pair of axes. */
export interface Axes {
  title: string;
  x: Axis;
  y: Axis;
  /** Whether a unit is as long in both directions. */
  equal: boolean;
  legend: boolean;
}

/** A direction of one pair of axes. domain: its part of the figure, from 0 to 1. */
export interface Axis {
  title: string;
  domain: [number, number];
  /** From and to, as numbers even where the axis is logarithmic; the first may be the larger. */
  range: [number, number];
  log: boolean;
  visible: boolean;
  grid: boolean;
  ticks: Ticks | null;
}

/** A row that is no point. */
export interface BadRow {
  /** The line number, from 1. */
  row: number;
  /** The beginning of the row. */
  text: string;
  /** Why the row is no point, in the reader's language. */
  reason: string;
}

/** A program on the calculator. */
export interface CalculatorScene {
  page: "calculator";
  program: string;
}

/** A message that is answered at once. */
export interface Call {
  type: "call";
  n: number;
}

/** The chain rule for one output and one leaf of one `backward()`, with the numbers in it. */
export interface Chain {
  /** Which `backward()`, from 1. */
  backward: number;
  output: string;
  leaf: string;
  /** What was given as `gradient=`. */
  weight: string | null;
  paths: ChainPath[];
  /** How many paths there are, up to a billion; the first few are in `paths`. */
  n_paths: number;
  /** The sum over all paths in one line, such as "4 × 3 = 12"; None where it cannot be written. */
  text: string | null;
  /** What the paths add up to. */
  total: string | null;
  /** The gradient that reached the leaf from all outputs of this `backward()`, after the program's hooks. */
  grad: string | null;
  /** The same in mathematical notation. */
  formula: Formula | null;
}

/** One way from an output back to a leaf, and the product of the derivatives along it. */
export interface ChainPath {
  /** From the output to the leaf; the factors are their derivatives. */
  edges: string[];
  /** Their product, with the weights (`gradient=`) in front; None where a factor is too large to write. */
  product: string | null;
}

/** A variable, or its `.grad`, before and after a step. null: it was not there, or None. */
export interface Change {
  name: string;
  what: "value" | "grad";
  before: string | null;
  after: string | null;
}

/** Whether a task is done. missing: what is not yet as it should be, in the reader's language. */
export interface Checked {
  done: boolean;
  missing: string[];
}

/** One of `Question.choices`, counted from 0. */
export interface ChoiceAnswerInput {
  kind?: "choice";
  choice: number;
}

/** One of `Question.choices`, counted from 0. */
export interface ChoiceAnswer {
  kind: "choice";
  choice: number;
}

/** A browser that holds runs. */
export interface ClientRuns {
  digest: string;
  /** Those that are stored as well as those in memory. */
  runs: number;
}

/** A member of a comparison. It can be read like any run; commands go to all members. */
export interface ComparedRun {
  id: string;
  config: RunConfig;
  /** Number of steps taken since the initial weights. */
  step: number;
  status: "ready" | "playing" | "paused" | "finished" | "diverged" | "failed";
  /** The requested pace while the run plays; null means as fast as the server can. */
  steps_per_second: number | null;
  /** Why the run ended; null while it has not. */
  reason: "max_steps" | "stop_loss" | "diverged" | "failed" | null;
  /** Torch's own words, if `reason` is "failed". */
  error: string | null;
  /** Torch's warning in a step: without `unsqueeze_y`, that the loss compares unlike shapes. */
  warning: string | null;
  /** The line of the loop that runs next, if the run stands in the middle of a step. */
  line: "forward" | "loss" | "zero_grad" | "backward" | "step" | null;
  /** The key of the run's diagnosis once it has ended, such as "lr_above_limit". */
  topic: string | null;
  /** The values of the fields of the topic's texts. */
  params: Record<string, string> | null;
  /** Why the run ended as it did, in the reader's language. */
  explanation: string | null;
  /** What to change, in the reader's language. */
  remedy: string | null;
  /**
   * The remedy as a merge patch of the settings, if there is one. A run that diverged or failed must be
   * reset after it.
   */
  suggestion: Record<string, JsonValue> | null;
  /** Its own settings, such as "optimizer.lr = 0.2". */
  label: string;
  /** Its own settings as in the request: a merge patch of `config`. */
  vary: Record<string, JsonValue>;
}

/** One run of a comparison before its first snapshot, as in the `started` of a run's own stream. */
export interface ComparedStart {
  /**
   * Inputs of the points that the run learns from, in the order of `prediction`, which need not ascend; the
   * first of two.
   */
  x: number[];
  /** The second input of each point; empty if there is one. */
  x2: number[];
  /** With classes each point's class, whatever `y_form` makes of it. */
  y: number[];
  /** Inputs of the points that are held out for the test loss. */
  test_x: number[];
  test_x2: number[];
  test_y: number[];
  /** The inputs of `grid_prediction`, ascending; empty if the run has a surface. */
  grid: number[];
  /** What the snapshots' `surface` covers: x1 from, x1 to, x2 from, x2 to; null if the model is a curve. */
  area: [number, number, number, number] | null;
  label: string;
  /** As in `ComparedRun`. */
  vary: Record<string, JsonValue>;
  run: RunState;
  parameters: ParameterInfo[];
}

/** The answer to `GET /api/comparisons/{id}`. */
export interface Comparison {
  id: string;
  runs: ComparedRun[];
}

/** The answer to `POST /api/comparisons`, the only one that holds the owner token. */
export interface ComparisonCreated {
  id: string;
  runs: ComparedRun[];
  owner_token: string;
}

/** Sent when one run has ended, after the snapshot that shows it; the others go on. */
export interface ComparisonEnded {
  type: "ended";
  /** The id of that run. */
  run: string;
  step: number;
  reason: "max_steps" | "stop_loss" | "diverged" | "failed";
  error: string | null;
  topic: string | null;
  explanation: string | null;
  remedy: string | null;
  suggestion: Record<string, JsonValue> | null;
}

/** Sent when all runs have ended, the last one at `step`. */
export interface ComparisonFinished {
  type: "finished";
  step: number;
}

/** The runs to compare. */
export interface ComparisonRequest {
  /** The settings that the runs have in common, the seed above all. */
  config?: RunConfigInput;
  /** For each run a merge patch (RFC 7396) of `config` with its own settings. {} changes nothing. */
  vary: Record<string, JsonValue>[];
}

/** Runs side by side. vary: for each run a merge patch of `settings`. */
export interface ComparisonScene {
  page: "comparison";
  settings: Record<string, JsonValue>;
  vary: Record<string, JsonValue>[];
}

/** Snapshots of all runs at the same step; a run that has ended is at its last step. */
export interface ComparisonSnapshot {
  type: "snapshot";
  step: number;
  /** In the order of `started`, each with the losses that this client has not been sent yet. */
  runs: SnapshotMessage[];
}

/** Sent first, and again when the runs begin anew. */
export interface ComparisonStarted {
  type: "started";
  id: string;
  /** Whether this client may command the runs. */
  control: boolean;
  runs: ComparedStart[];
}

/** One topic: the messages that it is about, why they appear and what to change. */
export interface Confusion {
  topic: string;
  /** In the reader's language, with fields such as {given} that the patterns' groups of that name fill. */
  explanation: string;
  remedy: string;
  /** Regular expressions, as JavaScript writes them, searched for in a message; a dot is any character. */
  patterns: string[];
}

/** All topics that have patterns, in the order in which a message is to be tried on them. */
export interface Confusions {
  confusions: Confusion[];
}

/** The answer to `GET /api/connection`. */
export interface ConnectionInfo {
  version: string;
  /** The server's clock, in seconds since 1970. */
  time: number;
  /** What the server keeps of the browser's name: an admin who is told it can erase what is stored of it. */
  client: string;
}

/** `torch.optim.lr_scheduler.CosineAnnealingLR`: down to `eta_min` in `T_max` steps, and up again. */
export interface CosineAnnealingLRInput {
  name: "CosineAnnealingLR";
  T_max: number;
  eta_min?: number;
}

/** `torch.optim.lr_scheduler.CosineAnnealingLR`: down to `eta_min` in `T_max` steps, and up again. */
export interface CosineAnnealingLR {
  name: "CosineAnnealingLR";
  T_max: number;
  eta_min: number;
}

/** Answers that are alike. right: whether torch says so; null: there is no right one. */
export interface Count {
  answer: NumberAnswer | NoneAnswer | ErrorAnswer | TextAnswer | ChoiceAnswer | RankAnswer | SketchAnswer;
  count: number;
  right: boolean | null;
}

/**
 * The points to fit.
 *
 * As a script makes them: `x = torch.linspace(x_min, x_max, n_samples)`, `y` by the target's formula on that
 * (n,) tensor, then noise, then scaling, then the split, and `torch.unsqueeze(..., dim=1)` last.
 */
export interface DataConfigInput {
  /** The number of inputs: x is [n, 1] or [n, 2]. */
  features?: number;
  /** The number of classes; null: y is a number, as in the lesson. */
  classes?: number | null;
  /**
   * A preset's name, or a formula in `x`, whose result is expanded to the number of points. With two inputs
   * `x` is [n, 2], and `x1`, `x2` are its columns. With classes a formula gives true or false, or each point's
   * class as a whole number.
   */
  target?: "parabola" | "line" | "cubic" | "sine" | "x_sin_x" | "step" | "absolute" | "gap" | "outliers" | "blobs" | "xor" | "circles" | "moons" | "spirals" | "rings" | "plane" | "saddle" | "bowl" | "ripple" | "hills" | string;
  n_samples?: number;
  /** With two inputs the least of both; presets of classes have their own places. */
  x_min?: number;
  x_max?: number;
  /**
   * `noise * torch.randn(y.size())` is added to y, unless `noise` is 0; with classes, which know no halves,
   * `noise * torch.randn(x.size())` to x.
   */
  noise?: number;
  /** How many points class 0 has for each point of another class; a matter of presets of classes alone. */
  balance?: number;
  /**
   * [x, y] or [x1, x2, y] of each point, in any order, in place of the settings above; with classes y is
   * the point's class, from 0.
   */
  points?: number[][] | null;
  /** Whether the model sees `(x - x.mean()) / x.std()`, each input by itself. */
  scale_x?: boolean;
  /**
   * The part of the points held out for the test loss: `round(test_fraction * n)` points, the first of a
   * `torch.randperm(n)`. At least 2 points must be left to learn from.
   */
  test_fraction?: number;
  /** `x = torch.unsqueeze(x, dim=1)`: from [n] to [n, 1]. Without it torch refuses the first step. */
  unsqueeze_x?: boolean;
  /** The same for y. Without it the loss compares each prediction with every y. */
  unsqueeze_y?: boolean;
  /**
   * With classes: what the labels are as a tensor; null: what the loss wants, Long [n] for
   * CrossEntropyLoss, else Float [n, 1].
   */
  y_form?: "long" | "long_column" | "float" | "float_column" | "one_hot" | null;
}

/**
 * The points to fit.
 *
 * As a script makes them: `x = torch.linspace(x_min, x_max, n_samples)`, `y` by the target's formula on that
 * (n,) tensor, then noise, then scaling, then the split, and `torch.unsqueeze(..., dim=1)` last.
 */
export interface DataConfig {
  /** The number of inputs: x is [n, 1] or [n, 2]. */
  features: number;
  /** The number of classes; null: y is a number, as in the lesson. */
  classes: number | null;
  /**
   * A preset's name, or a formula in `x`, whose result is expanded to the number of points. With two inputs
   * `x` is [n, 2], and `x1`, `x2` are its columns. With classes a formula gives true or false, or each point's
   * class as a whole number.
   */
  target: "parabola" | "line" | "cubic" | "sine" | "x_sin_x" | "step" | "absolute" | "gap" | "outliers" | "blobs" | "xor" | "circles" | "moons" | "spirals" | "rings" | "plane" | "saddle" | "bowl" | "ripple" | "hills" | string;
  n_samples: number;
  /** With two inputs the least of both; presets of classes have their own places. */
  x_min: number;
  x_max: number;
  /**
   * `noise * torch.randn(y.size())` is added to y, unless `noise` is 0; with classes, which know no halves,
   * `noise * torch.randn(x.size())` to x.
   */
  noise: number;
  /** How many points class 0 has for each point of another class; a matter of presets of classes alone. */
  balance: number;
  /**
   * [x, y] or [x1, x2, y] of each point, in any order, in place of the settings above; with classes y is
   * the point's class, from 0.
   */
  points: number[][] | null;
  /** Whether the model sees `(x - x.mean()) / x.std()`, each input by itself. */
  scale_x: boolean;
  /**
   * The part of the points held out for the test loss: `round(test_fraction * n)` points, the first of a
   * `torch.randperm(n)`. At least 2 points must be left to learn from.
   */
  test_fraction: number;
  /** `x = torch.unsqueeze(x, dim=1)`: from [n] to [n, 1]. Without it torch refuses the first step. */
  unsqueeze_x: boolean;
  /** The same for y. Without it the loss compares each prediction with every y. */
  unsqueeze_y: boolean;
  /**
   * With classes: what the labels are as a tensor; null: what the loss wants, Long [n] for
   * CrossEntropyLoss, else Float [n, 1].
   */
  y_form: "long" | "long_column" | "float" | "float_column" | "one_hot" | null;
}

/** What a program printed, what became of its tensors, and why. */
export interface Derivation {
  printed: string;
  variables: Variable[];
  /** Whether `printed` was cut at the cap. */
  truncated: boolean;
  warnings: ProgramWarning[];
  /** What torch does without a word, and is probably not meant. */
  remarks: Remark[];
  /**
   * Whether the same text gives the same result: no random number was drawn before a seed was set, and no
   * clock decided what was checked.
   */
  deterministic: boolean;
  /** The graph torch built, as it is at the end; None where the program could not be read. */
  graph: Graph | null;
  /** The chain rule for the last `backward()` of each line, per output and leaf. */
  chain: Chain[];
  /** The same as matrices, where `gradient=` was given or the output has more than one element. */
  jacobians: Jacobian[];
  /** The gradients beside central differences. */
  nudge: Nudge[];
  /** What happened, line by line and node by node; of long loops the first and the last rounds. */
  steps: Step[];
  error: ProgramError | null;
}

/** A program made to be asked about. The same kind, level and seed always make the same. */
export interface Drill {
  kind: "chain" | "branch" | "reuse" | "broadcast" | "accumulation" | "detach" | "mix";
  level: number;
  seed: number;
  program: string;
  questions: Question[];
}

/** One kind of drill. */
export interface DrillOffer {
  kind: "chain" | "branch" | "reuse" | "broadcast" | "accumulation" | "detach" | "mix";
  /** Its name, in the reader's language. */
  title: string;
  /** What it trains, in the reader's language. */
  about: string;
  /** Levels from 1; each harder than the one before. */
  levels: number;
}

/** All kinds of drills, the easiest first. */
export interface DrillOffers {
  drills: DrillOffer[];
}

/** The answer to a message. */
export interface Echo {
  type: "echo";
  n: number;
}

/** Set an element of a parameter. */
export interface Edit {
  /** Of the client's own choice. A message that is sent again with the same one is not carried out again. */
  command_id?: string | null;
  /** The parameter's name in `state_dict`, such as "hidden.weight". */
  name: string;
  /** [row, column] in a weight, [unit] in a bias. */
  index: number[];
  value: number;
  type: "edit";
}

/** The answer to `DELETE /api/admin/clients/{digest}` and `/api/admin/rooms/{code}`. */
export interface Erased {
  runs: number;
  comparisons: number;
  rooms: number;
  /** Those that ran live, or were kept for a page that may come back. */
  programs: number;
}

/** The program stops with an error before it gets there. */
export interface ErrorAnswerInput {
  kind?: "error";
}

/** The program stops with an error before it gets there. */
export interface ErrorAnswer {
  kind: "error";
}

/**
 * What a class trains. The server gives each member the next value.
 *
 * seed: the seed of `config` and those that follow it. lr: learning rates from `low` to `high`; however many
 * have one, they lie over the whole range. All take `config.max_steps` steps; `stop_loss` is left out.
 */
export interface Experiment {
  config?: RunConfigInput;
  vary?: "seed" | "lr";
  low?: number;
  high?: number;
  scale?: "log" | "linear";
}

/**
 * The experiment as everybody sees it: the ends of the runs that have ended, in that order.
 *
 * Item i of `members`, `values`, `steps` and `losses` is of the same run. losses: null where it diverged.
 */
export interface ExperimentState {
  number: number;
  vary: "seed" | "lr";
  low: number;
  high: number;
  scale: "log" | "linear";
  max_steps: number;
  /** How many members have a run in it. */
  n_dealt: number;
  /** How many of these have another setting by now: their ends do not count. */
  n_changed: number;
  members: number[];
  values: number[];
  steps: number[];
  losses: (number | null)[];
}

/** Run the program again with the same random numbers, and explain that round of it. */
export interface ExplainRound {
  type: "explain";
  loop: number;
  round: number;
}

/** `torch.optim.lr_scheduler.ExponentialLR`: times gamma after every step. */
export interface ExponentialLR {
  name: "ExponentialLR";
  gamma: number;
}

/** Sent when a command is refused, or the run is in trouble. The socket may be closed next. */
export interface Failed {
  type: "failed";
  problem: Problem;
}

/** How a member feels; null: they take it back. */
export interface Feel {
  type: "feel";
  feeling: "lost" | "fine" | "fast" | null;
}

/** One field of the request that is not allowed. */
export interface FieldProblem {
  /** The path of the field, such as "optimizer.lr"; empty for the whole body. */
  field: string;
  /** What was sent and what is allowed, in the reader's language. */
  message: string;
  /** The line of a script that cannot be read. */
  line?: number | null;
}

/** A figure of matplotlib's, as it is now. */
export interface FigureShown {
  type: "figure";
  number: number;
  /** When it was drawn, as `Round.tick`. */
  tick: number;
  title: string;
  width: number;
  height: number;
  plotly: Plot | null;
  /** Where it has something that Plotly has not: SVG in base64, to be shown as an image. */
  svg: string | null;
  /** The same where SVG would be too long. */
  png: string | null;
}

/** Sent when the run has ended, after the snapshot of `step`. The last fields are as in `RunState`. */
export interface Finished {
  type: "finished";
  step: number;
  reason: "max_steps" | "stop_loss" | "diverged" | "failed";
  error: string | null;
  topic: string | null;
  explanation: string | null;
  remedy: string | null;
  suggestion: Record<string, JsonValue> | null;
}

/** Edits that belong together, in the order of their places in the program as it was sent. */
export interface Fix {
  edits: TextEdit[];
}

/** An element of MathML: build it with `createElementNS`, its text with `textContent`. */
export interface Formula {
  tag: "mrow" | "mi" | "mn" | "mo" | "mfrac" | "mtable" | "mtr" | "mtd" | "mtext";
  text: string;
  /** The edge whose derivative this is, to be lit together with it. */
  edge: string | null;
  children: Formula[];
}

/** A member's answer, as by `PUT /api/rooms/{id}/questions/{number}/answer`. */
export interface GiveAnswer {
  type: "answer";
  question: number;
  answer: NumberAnswerInput | NoneAnswerInput | ErrorAnswerInput | TextAnswerInput | ChoiceAnswerInput | RankAnswerInput | SketchAnswerInput;
}

/** A question as it was asked, and somebody's answer. */
export interface Given {
  question: QuestionInput;
  answer: NumberAnswerInput | NoneAnswerInput | ErrorAnswerInput | TextAnswerInput | ChoiceAnswerInput;
}

/** The graph torch built, drawn from left to right. Lengths are pixels at 16 px text. */
export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  width: number;
  height: number;
}

/** An input of an operation: forward from source to target, backward from target to source. */
export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  /**
   * flow: gradients flow back along it. constant: into an input that is not tracked. cut: the target was
   * computed from the source, but torch does not know.
   */
  kind: "flow" | "constant" | "cut";
  /** Which input of the operation, from 0, in torch's order. */
  slot: number | null;
  /** The derivative of the target by the source: a number, "diag(...)", a small matrix, or its size. */
  local: string | null;
  /** The same as a matrix, where it has at most 8 rows and 64 entries: a row per element of the target. */
  jacobian: ((number | null)[])[] | null;
  /** The same as a number, where it is one finite real number; else null. */
  local_numbers: number | null;
  /** Where the line bends, from the source's right side to the target's left side. */
  points: [number, number][];
}

/** One box of the graph. An operation stands for its result as well. */
export interface GraphNode {
  id: string;
  /**
   * leaf: a tensor gradients are collected in (torch's AccumulateGrad). operation: a node of torch's graph.
   * constant: a number in the program. untracked: a tensor without requires_grad. folded: many operations.
   */
  kind: "leaf" | "operation" | "constant" | "untracked" | "folded";
  /** torch's name of the operation, such as "MulBackward0"; of a constant its value. */
  label: string;
  /** What the program calls the tensor. */
  name: string | null;
  /** All names it has at the end of the program, as in `Derivation.variables`. */
  names: string[];
  /** What the formulas call it: its name, or u1, u2, ... for a result without one. */
  symbol: string;
  /**
   * Its forward value when it was computed; of a leaf, when the last `backward()` through it began.
   * None where it is not known: inside a layer of torch's own.
   */
  value: string | null;
  /**
   * The gradient that flowed into it in the last `backward()` that reached it. A leaf's `.grad` is the sum
   * over all of them.
   */
  grad: string | null;
  /** `value` as `tolist()` gives it, where it is one finite real number; else null. */
  value_numbers: Numbers;
  /** `grad` likewise. */
  grad_numbers: Numbers;
  shape: number[];
  /** The line that computed it. */
  line: number | null;
  /** Whether `backward()` was called on it. */
  output: boolean;
  /** Whether the operation kept values for the way back: none needed, kept, or freed by `backward()`. */
  saved: "none" | "kept" | "freed";
  /**
   * Why gradients do not flow through it, where something it was computed from is tracked. detach:
   * `detach()` or `.data`. no_grad: computed under `torch.no_grad()`. copied: `torch.tensor(x)`. gradient:
   * read from `.grad`. not_differentiable: an operation without a derivative, such as `argmax`.
   */
  cut: "detach" | "no_grad" | "copied" | "gradient" | "not_differentiable" | null;
  /** Of a folded node: how many operations it stands for. */
  count: number | null;
  x: number;
  /** Its middle, in the units of `Graph.width`. */
  y: number;
  width: number;
  height: number;
}

/** The first message. Without `owner_token` the client may only watch. */
export interface Hello {
  type: "hello";
  owner_token?: string | null;
  format?: "json" | "binary";
  /** The first step whose loss the client still needs: a page that reconnects has the others. */
  losses_from?: number;
}

/** Every derivative of one output by one leaf, and what the weights make of them. */
export interface Jacobian {
  backward: number;
  output: string;
  leaf: string;
  /** Elements of the output. */
  rows: number;
  /** Elements of the leaf. */
  columns: number;
  /** A row per element of the output; None where there are more than 8 rows or 64 entries. */
  values: ((number | null)[])[] | null;
  /**
   * The weight of each row: `gradient=`, flattened. None: not given, which only an output of one element
   * allows.
   */
  gradient: (number | null)[] | null;
  /** gradient times values: what `backward()` adds to the leaf's `.grad`, flattened. */
  product: (number | null)[] | null;
  /**
   * Gives the `backward()` other weights: "…" in its text stands for their numbers, as nested lists in the
   * shape of the output. None where its place in the program is not certain.
   */
  weights: TextEdit | null;
}

/** A new member. name: one that the server suggested, or the member's own where the room allows it. */
export interface Join {
  name?: string | null;
}

/** The answer to `POST /api/rooms/{code}/members`. The token is the member: the browser keeps it. */
export interface Joined {
  /** The room's. */
  id: string;
  member_id: number;
  member_token: string;
  name: string;
}

export type JsonValue = unknown;

/** The norms of one layer, weight and bias together, at each step. */
export interface LayerNorms {
  /** The norm of the layer's gradient; null where `.grad` is None, or the norm is not finite. */
  gradient: (number | null)[];
  /** The norm of the change that the step made; null where the step before is not kept. */
  update: (number | null)[];
}

/** A lesson in the list. */
export interface LessonOffer {
  /** The name of its file. */
  id: string;
  title: string;
  about: string;
  minutes: number;
  steps: number;
}

/** All lessons, in their order. */
export interface LessonOffers {
  lessons: LessonOffer[];
}

/** Where a class is in a lesson. step: counted from 1. */
export interface LessonPlace {
  lesson: string;
  step: number;
}

/** A lesson as it is read. */
export interface LessonShown {
  /** The name of its file. */
  id: string;
  title: string;
  about: string;
  minutes: number;
  steps: number;
  shown: StepShown[];
}

/** The limits of this server, from its settings. */
export interface Limits {
  /** Most runs at once. */
  max_runs: number;
  /** Most runs that one browser holds at once. */
  max_runs_per_client: number;
  /** Most bytes of one run. */
  run_memory: number;
  /** Most bytes of all runs. */
  runs_memory: number;
  /** Seconds after which a run that nobody watches or calls is deleted. */
  run_retention: number;
  /** Seconds that a run plays on after its owner has left. */
  owner_grace: number;
  /** Most snapshots that a run makes in a second. */
  snapshots_per_second: number;
}

/** A line of the training loop that ran, and what it changed. */
export interface LineRan {
  /** The step that the line is part of; steps count from 1. */
  step: number;
  line: "forward" | "loss" | "zero_grad" | "backward" | "step";
  changes: TensorChange[];
  /** For `forward` with a `batch_size`: the indices of the points that it took. */
  samples: number[] | null;
  /** For `step`: the learning rate that it used. */
  lr: number | null;
}

/** `torch.optim.lr_scheduler.LinearLR`: from one factor to the other in `total_iters` steps. */
export interface LinearLRInput {
  name: "LinearLR";
  start_factor?: number;
  end_factor?: number;
  total_iters?: number;
}

/** `torch.optim.lr_scheduler.LinearLR`: from one factor to the other in `total_iters` steps. */
export interface LinearLR {
  name: "LinearLR";
  start_factor: number;
  end_factor: number;
  total_iters: number;
}

/** Lines of the loop that ran one at a time. Sent before the snapshot that shows their result. */
export interface Lines {
  type: "lines";
  lines: LineRan[];
}

/**
 * The answer to `POST /api/runs/{id}/lines`.
 *
 * A line that torch refused is not in the list, and the run has failed.
 */
export interface LinesRan {
  run: RunState;
  lines: LineRan[];
}

/** A request to run the next `count` lines. */
export interface LinesRequest {
  count?: number;
}

/** A program that runs, or has ended a moment ago. */
export interface LiveProgram {
  id: string;
  program: string;
  status: "queued" | "running" | "paused" | "finished";
  /** How many wait before it, and it; null while it does not wait. */
  place: number | null;
  printed: string;
  /** All rounds that are kept of each loop. */
  rounds: Rounds[];
  /** null until it has ended. */
  derivation: Derivation | null;
}

/** The lines of the training loop that run. A line left out changes nothing, as in plain PyTorch. */
export interface LoopConfigInput {
  /** `prediction = net(x)` */
  forward?: boolean;
  /** `loss = loss_func(prediction, y)` */
  loss?: boolean;
  /** `optimizer.zero_grad()` */
  zero_grad?: boolean;
  /** `loss.backward()` */
  backward?: boolean;
  /** `optimizer.step()`, and `scheduler.step()` if there is a scheduler. */
  step?: boolean;
}

/** The lines of the training loop that run. A line left out changes nothing, as in plain PyTorch. */
export interface LoopConfig {
  /** `prediction = net(x)` */
  forward: boolean;
  /** `loss = loss_func(prediction, y)` */
  loss: boolean;
  /** `optimizer.zero_grad()` */
  zero_grad: boolean;
  /** `loss.backward()` */
  backward: boolean;
  /** `optimizer.step()`, and `scheduler.step()` if there is a scheduler. */
  step: boolean;
}

/** The loss of each step from `first_step` on. The loss of step k is the one that step computed. */
export interface Losses {
  first_step: number;
  losses: number[];
}

/** What torch says to one answer. */
export interface Mark {
  /** Its `id`. */
  question: string;
  /** None: it cannot be told, for the program ran too long to be watched to its end. */
  right: boolean | null;
  /** The right answer. */
  truth: NumberAnswer | NoneAnswer | ErrorAnswer | TextAnswer | ChoiceAnswer | null;
  /** The same as torch or Python writes it. */
  shown: string | null;
  /** Why, in the reader's language. */
  reason: string | null;
  /** The chain rule behind it with its numbers, such as "4 × 3 = 12": one per `backward()` and output. */
  chain: string[];
}

/** What torch says to all answers, in their order. */
export interface Marks {
  marks: Mark[];
}

/** The member who reads this. */
export interface Me {
  number: number;
  name: string;
  admitted: boolean;
  feeling: "lost" | "fine" | "fast" | null;
  run: string | null;
  /** Whether their run may be shown large; null: they have not said. */
  consents: boolean | null;
  /** Whether the teacher asks that now. */
  asked: boolean;
  /** Their part in the class's experiment, once they have one. */
  part: Part | null;
}

/**
 * What the teacher changes of a member (name, admitted), or the member (name, run, consents).
 *
 * run: the empty text: they have none any more.
 */
export interface MemberChange {
  name?: string | null;
  admitted?: boolean | null;
  run?: string | null;
  consents?: boolean | null;
}

/** A member, as the console sees them; a projector sees no names unless the teacher shows them. */
export interface MemberState {
  number: number;
  name: string | null;
  present: boolean;
  /** False: they joined while the room was locked; they work, and are not shown. */
  admitted: boolean;
  feeling: "lost" | "fine" | "fast" | null;
  /** Whether in this round of the question. */
  answered: boolean;
  /** Their own run, if they have one on the wall. */
  run: string | null;
  /** Whether their run may be shown large; null: they have not said. */
  consents: boolean | null;
  /** Whether they are asked that now. */
  asked: boolean;
  /** Whether their run has ended badly, or has stood still for a while. */
  stuck: boolean;
  /**
   * Their last answer to the question, once revealed, cut where it is long; the console's alone. A sketch
   * is left out.
   */
  answer: NumberAnswer | NoneAnswer | ErrorAnswer | TextAnswer | ChoiceAnswer | RankAnswer | SketchAnswer | null;
  right: boolean | null;
  /** As in `QuestionState`, the console's alone. */
  distance: number | null;
}

/** `Net(n_feature, *hidden, n_output)`: linear layers with the activation between them. */
export interface ModelConfigInput {
  /** Number of units of each hidden layer, from the input to the output. */
  hidden?: number[];
  activation?: "ReLU" | "Tanh" | "Sigmoid" | "LeakyReLU" | "ELU" | "GELU" | "SiLU" | "Softplus" | "Identity";
  init?: "default" | "xavier_uniform_" | "xavier_normal_" | "kaiming_uniform_" | "kaiming_normal_" | "orthogonal_" | "uniform_" | "normal_" | "trunc_normal_" | "ones_" | "zeros_";
  /**
   * The share of each hidden layer's outputs that `torch.nn.Dropout` puts to 0 in a step, in train mode.
   * Predictions, curve, surface and test loss are those of eval mode.
   */
  dropout?: number;
  /** How the layers are written. All compute the same, but round in other places. */
  linear?: "Linear" | "matmul" | "mul";
  /**
   * How many random numbers are drawn, as by `torch.rand(drawn)`, between `torch.manual_seed(seed)` and the
   * making of the model.
   */
  drawn?: number;
  /**
   * The initial weights and biases one after the other, in `state_dict` order, in place of those that are
   * drawn.
   */
  weights?: number[] | null;
}

/** `Net(n_feature, *hidden, n_output)`: linear layers with the activation between them. */
export interface ModelConfig {
  /** Number of units of each hidden layer, from the input to the output. */
  hidden: number[];
  activation: "ReLU" | "Tanh" | "Sigmoid" | "LeakyReLU" | "ELU" | "GELU" | "SiLU" | "Softplus" | "Identity";
  init: "default" | "xavier_uniform_" | "xavier_normal_" | "kaiming_uniform_" | "kaiming_normal_" | "orthogonal_" | "uniform_" | "normal_" | "trunc_normal_" | "ones_" | "zeros_";
  /**
   * The share of each hidden layer's outputs that `torch.nn.Dropout` puts to 0 in a step, in train mode.
   * Predictions, curve, surface and test loss are those of eval mode.
   */
  dropout: number;
  /** How the layers are written. All compute the same, but round in other places. */
  linear: "Linear" | "matmul" | "mul";
  /**
   * How many random numbers are drawn, as by `torch.rand(drawn)`, between `torch.manual_seed(seed)` and the
   * making of the model.
   */
  drawn: number;
  /**
   * The initial weights and biases one after the other, in `state_dict` order, in place of those that are
   * drawn.
   */
  weights: number[] | null;
}

/** `torch.optim.lr_scheduler.MultiStepLR`: times gamma at each milestone. */
export interface MultiStepLRInput {
  name: "MultiStepLR";
  milestones: number[];
  gamma?: number;
}

/** `torch.optim.lr_scheduler.MultiStepLR`: times gamma at each milestone. */
export interface MultiStepLR {
  name: "MultiStepLR";
  milestones: number[];
  gamma: number;
}

export type Nested = number | Nested[] | null;

/** Python's None. */
export interface NoneAnswerInput {
  kind?: "none";
}

/** Python's None. */
export interface NoneAnswer {
  kind: "none";
}

/** Gradient and update norms (Euclidean) of each layer. */
export interface Norms {
  /** Every step, or the kept steps of a long run. */
  steps: number[];
  /** By the layer's name, such as "hidden", from the input to the output. */
  layers: Record<string, LayerNorms>;
}

/** A remark on something in a script that the run has in another way. */
export interface Note {
  line: number | null;
  /** In the reader's language. */
  message: string;
}

/**
 * A gradient against central differences: the program run again with the leaf moved a little.
 *
 * f is what the `backward()` flowed back from: the sum of its output times `gradient=`.
 */
export interface Nudge {
  name: string;
  node: string;
  /** Which `backward()`, from 1. */
  backward: number;
  state: "agree" | "disagree" | "unchecked";
  /** The gradient that reached the leaf. */
  autograd: string | null;
  finite_difference: string | null;
  /** None where it could not be checked. */
  agree: boolean | null;
  /** The first few of them. */
  elements: NudgeElement[];
  /** Why it disagrees or could not be checked, such as "kink". */
  topic: string | null;
  params: Record<string, string> | null;
  /** The same in the reader's language. */
  explanation: string | null;
  /** Of a leaf of one element, where asked for: (x, f(x)) around it. */
  curve: [number, number][];
}

/** One element of a leaf, checked. */
export interface NudgeElement {
  index: number[];
  /** How far it was moved. */
  h: number;
  autograd: number | null;
  /** (f(x + h) - f(x - h)) / 2h, in float64. */
  finite_difference: number | null;
  agree: boolean;
}

/** Numbers. Brackets do not matter: [[1], [2]] is as good as [1, 2]. */
export interface NumberAnswerInput {
  kind?: "number";
  numbers: NumbersInput;
}

/** Numbers. Brackets do not matter: [[1], [2]] is as good as [1, 2]. */
export interface NumberAnswer {
  kind: "number";
  numbers: Numbers;
}

export type NumbersInput = boolean | number | number | NumbersInput[] | null;

export type Numbers = boolean | number | number | Numbers[] | null;

/** Let it go on to the end of a round. */
export interface OneRound {
  type: "round";
  /** Of which loop; null: of any. */
  loop?: number | null;
}

/** The answer to `GET /api/options`. */
export interface Options {
  /** Settings by their path in the `RunConfig`, such as "model.hidden". */
  settings: Record<string, Setting>;
  /** The settings of "optimizer" and "scheduler", by the `name` that is chosen there. */
  kinds: Record<string, Record<string, Record<string, Setting>>>;
  /** Arguments of commands, such as "play.steps_per_second". */
  commands: Record<string, Setting>;
  limits: Limits;
}

/** A weight or a bias. */
export interface Parameter {
  shape: number[];
  values: Nested;
}

/** One element of a parameter set by hand, as `net.hidden.weight[3, 0] = 0.5` under `torch.no_grad()`. */
export interface ParameterEdit {
  /** The parameter's name in `state_dict`, such as "hidden.weight". */
  name: string;
  /** [row, column] in a weight, [unit] in a bias. */
  index: number[];
  value: number;
}

/** Name and shape of one parameter of the model; lists of them are in `state_dict` order. */
export interface ParameterInfo {
  name: string;
  shape: number[];
}

/** A member's own part in the experiment. changed: they changed a setting: its end does not count. */
export interface Part {
  /** The seed or the learning rate. */
  value: number;
  run: string;
  /** Where it ended; null while it has not. */
  step: number | null;
  /** The last loss, as the trainer computed it; null while it has not ended, and where it diverged. */
  loss: number | null;
  changed: boolean;
}

/** Stop after the step that is being taken. */
export interface Pause {
  /** Of the client's own choice. A message that is sent again with the same one is not carried out again. */
  command_id?: string | null;
  type: "pause";
}

/** Make the program stand still, wherever it is. */
export interface PauseProgram {
  type: "pause";
}

/** Sent when the run stands still, after the snapshot of `step`. */
export interface Paused {
  type: "paused";
  step: number;
}

/** An image in a pair of axes: PNG. */
export interface Picture {
  x: [number, number];
  y: [number, number];
  png: string;
  axes: number;
}

/** Ask for a `pong`, which shows that the connection still carries both ways. Changes nothing. */
export interface Ping {
  type: "ping";
}

/** Train until paused or finished. */
export interface Play {
  /** Of the client's own choice. A message that is sent again with the same one is not carried out again. */
  command_id?: string | null;
  type: "play";
  /** None: as fast as the server can. */
  steps_per_second?: number | null;
}

/** Sent when the run begins to play, or its pace changes. */
export interface Playing {
  type: "playing";
  steps_per_second: number | null;
}

/** A figure as data for Plotly: traces name their `axes` as Plotly does, "x", "x2", ... in this order. */
export interface Plot {
  traces: Trace[];
  axes: Axes[];
  images: Picture[];
}

/** A run's points as it trains on them, scaled if `scale_x` is set. */
export interface Points {
  /**
   * Inputs of the points that the run learns from, in the order of `prediction`, which need not ascend; the
   * first of two.
   */
  x: number[];
  /** The second input of each point; empty if there is one. */
  x2: number[];
  /** With classes each point's class, whatever `y_form` makes of it. */
  y: number[];
  /** Inputs of the points that are held out for the test loss. */
  test_x: number[];
  test_x2: number[];
  test_y: number[];
  /** The inputs of `grid_prediction`, ascending; empty if the run has a surface. */
  grid: number[];
  /** What the snapshots' `surface` covers: x1 from, x1 to, x2 from, x2 to; null if the model is a curve. */
  area: [number, number, number, number] | null;
}

/** The points of a table. Every row that is not empty is the header, a point, or a bad row. */
export interface PointsRead {
  /** For `data.points`. */
  points: number[][];
  header: string[] | null;
  /**
   * The labels in the order of their classes, from 0: whole numbers by their size, then names as they
   * come; null where y is a number.
   */
  labels: string[] | null;
  delimiter: "comma" | "semicolon" | "tab" | "space";
  bad_rows: BadRow[];
}

/** What people think; torch has no answer to it. */
export interface PollInput {
  kind?: "poll";
  choices: string[];
}

/** What people think; torch has no answer to it. */
export interface Poll {
  kind: "poll";
  choices: string[];
}

/** The answer to `ping`. */
export interface Pong {
  type: "pong";
}

/** A reader's prediction. runs: those of the scene, once they have ended; empty for a program. */
export interface Predicted {
  answer: NumberAnswerInput | NoneAnswerInput | ErrorAnswerInput | TextAnswerInput | ChoiceAnswerInput | RankAnswerInput | SketchAnswerInput;
  runs?: string[];
}

/** Text that the program has printed since the last one. */
export interface Printed {
  type: "printed";
  text: string;
}

/** `application/problem+json`. */
export interface Problem {
  /** A stable name of the kind of problem, such as "/problems/invalid". */
  type: string;
  title: string;
  status: number;
  detail: string;
  errors: FieldProblem[];
}

/** PyTorch code, as typed. */
export interface Program {
  program: string;
  /** Whether to follow the function around each leaf of one element (`Nudge.curve`), which takes longer. */
  curves?: boolean;
  /**
   * Whether it goes on where it takes longer than a moment: then the answer is 202 and a `ProgramStarted`,
   * with which it is watched at `/api/programs/stream`. Without, it is ended.
   */
  goes_on?: boolean;
}

/** Where and why the program stopped. */
export interface ProgramError {
  /** Python's name for it, such as "RuntimeError". */
  type: string;
  /** torch's or Python's own text. */
  message: string;
  line: number | null;
  /** From 1. */
  column: number | null;
  /** Behind the last character of what failed, if that ends on the same line. */
  end_column: number | null;
  /** The key of the explanation, such as "backward_non_scalar"; None when nothing fits. */
  topic: string | null;
  /** What it means, in the reader's language. */
  explanation: string | null;
  /** What to change, in the reader's language. */
  remedy: string | null;
  /** The same as edits of this program, the best first. */
  fixes: Fix[];
  /** Where the message is the calculator's own: its English text with fields, to translate and fill. */
  template: string | null;
  /** The values of the fields of that text, or of the topic's. */
  params: Record<string, string | number | number | null> | null;
}

/**
 * The end.
 *
 * reason: ended: by itself. stopped: by its owner. time: it had no more. pause: it stood too long.
 */
export interface ProgramFinished {
  type: "finished";
  reason: "ended" | "stopped" | "time" | "pause";
  derivation: Derivation;
}

/** Sent when it stands still. */
export interface ProgramPaused {
  type: "paused";
}

/** As many programs as may run for long do so; this one waits. place: 1: it is the next. */
export interface ProgramQueued {
  type: "queued";
  place: number;
}

/** Sent when it goes on. */
export interface ProgramRunning {
  type: "running";
  rounds_per_second: number | null;
}

/** Let it run so many rounds per second at most. */
export interface ProgramSpeed {
  type: "speed";
  /** null: as fast as it can. */
  rounds_per_second: number | null;
}

/** Sent first, and again if the client was too slow to be told everything: begin anew from this. */
export interface ProgramStarted {
  type: "started";
  id: string;
  /** Allows to pause, stop and explain it; only sent to the socket that began it. */
  owner_token: string | null;
  /** Whether this client may do that. */
  control: boolean;
  program: string;
}

/** PyTorch code, as typed. */
export interface ProgramText {
  program: string;
}

/** What torch warned of while the program ran. */
export interface ProgramWarning {
  message: string;
  line: number;
  /** The key of the explanation, such as "target_size"; None when nothing fits. */
  topic: string | null;
  /** The values of its fields. */
  params: Record<string, string> | null;
  /** What it means, in the reader's language. */
  explanation: string | null;
  /** What to change, in the reader's language. */
  remedy: string | null;
  /** The same as edits of this program, the best first. */
  fixes: Fix[];
}

/** What one thing will be when the program has run. */
export interface QuestionInput {
  /** Its own among those of a program: "grad x", "printed 7", "end". */
  id: string;
  /**
   * grad: `.grad` of a tensor, at the end of the program. printed: what a line prints, the last time it
   * does. end: whether the program comes to its end.
   */
  about: "grad" | "printed" | "end";
  /** The tensor that is asked for, or whose `.grad` the line prints. */
  name?: string | null;
  /** The line that prints. */
  line?: number | null;
  /** Whether that line stands in a loop or a function, and may print more than once. */
  repeated?: boolean;
  /** What kinds of answers there may be. */
  answers: ("number" | "none" | "error" | "text" | "choice")[];
  /** Of a choice: what there is to choose from, in the reader's language. */
  choices?: string[];
  /** How far a number may be off, as a part of the right one; of one below 1, as a number. */
  tolerance?: number;
  /** The question in the reader's language. */
  text?: string | null;
}

/** What one thing will be when the program has run. */
export interface Question {
  /** Its own among those of a program: "grad x", "printed 7", "end". */
  id: string;
  /**
   * grad: `.grad` of a tensor, at the end of the program. printed: what a line prints, the last time it
   * does. end: whether the program comes to its end.
   */
  about: "grad" | "printed" | "end";
  /** The tensor that is asked for, or whose `.grad` the line prints. */
  name: string | null;
  /** The line that prints. */
  line: number | null;
  /** Whether that line stands in a loop or a function, and may print more than once. */
  repeated: boolean;
  /** What kinds of answers there may be. */
  answers: ("number" | "none" | "error" | "text" | "choice")[];
  /** Of a choice: what there is to choose from, in the reader's language. */
  choices: string[];
  /** How far a number may be off, as a part of the right one; of one below 1, as a number. */
  tolerance: number;
  /** The question in the reader's language. */
  text: string | null;
}

/** A question as a viewer may see it. */
export interface QuestionState {
  number: number;
  text: string | null;
  about: AboutProgram | AboutRuns | Poll;
  phase: "open" | "locked" | "revealing" | "revealed";
  round: 1 | 2;
  /** How many have answered in this round; of those that may. */
  n_answered: number;
  /** The member's own answer in each round. */
  own: (NumberAnswer | NoneAnswer | ErrorAnswer | TextAnswer | ChoiceAnswer | RankAnswer | SketchAnswer | null)[];
  /** Whether the member's last answer is right, once revealed. */
  right: boolean | null;
  /** The mean squared distance of the member's last sketch from torch's curve, once revealed. */
  distance: number | null;
  /** One for each round, once revealed; nobody sees them before. */
  tallies: Tally[];
  /** Once revealed. */
  truth: Truth | null;
}

/** What can be asked about a program. Empty where it cannot be read. */
export interface Questions {
  questions: Question[];
}

/** `torch.optim.RMSprop` (Hinton 2012). */
export interface RMSpropInput {
  name: "RMSprop";
  lr?: number;
  alpha?: number;
  eps?: number;
  weight_decay?: number;
  momentum?: number;
  centered?: boolean;
}

/** `torch.optim.RMSprop` (Hinton 2012). */
export interface RMSprop {
  name: "RMSprop";
  lr: number;
  alpha: number;
  eps: number;
  weight_decay: number;
  momentum: number;
  centered: boolean;
}

/** All choices, the first one first. */
export interface RankAnswerInput {
  kind?: "rank";
  order: number[];
}

/** All choices, the first one first. */
export interface RankAnswer {
  kind: "rank";
  order: number[];
}

/** A ticket. */
export interface Redeem {
  ticket: string;
}

/** What torch says nothing of, and is probably not meant. */
export interface Remark {
  line: number;
  /** The key of the explanation, such as "silent_broadcast". */
  topic: string;
  /** The values of its fields. */
  params: Record<string, string> | null;
  /** What happens, in the reader's language. */
  explanation: string | null;
  /** What to change, in the reader's language. */
  remedy: string | null;
  /** The same as edits of this program, the best first. */
  fixes: Fix[];
}

/** Go back to step 0 and the same initial weights. */
export interface Reset {
  /** Of the client's own choice. A message that is sent again with the same one is not carried out again. */
  command_id?: string | null;
  type: "reset";
}

/** Let it go on. */
export interface ResumeProgram {
  type: "resume";
}

/** What torch says to a prediction. */
export interface Revealed {
  truth: Truth;
  /** null: that is not told, as of a sketch. */
  right: boolean | null;
  /** A sketch's mean squared distance from torch's curve. */
  distance: number | null;
}

/** What the teacher changes of a room; what is left out stays. */
export interface RoomChange {
  locked?: boolean | null;
  names?: "generated" | "own" | null;
  paused?: boolean | null;
  free?: boolean | null;
  named?: boolean | null;
  screen?: ShowsCodeInput | ShowsRunInput | ShowsComparisonInput | ShowsProgramInput | ShowsWallInput | ShowsExperimentInput | null;
  /** A member, who is asked whether their run may be shown large; once they say yes, the wall shows it. */
  asking?: number | null;
}

/** The answer to `POST /api/rooms`, the only one that holds this owner token. */
export interface RoomCreated {
  id: string;
  code: string;
  owner_token: string;
}

/** The room is gone, or this member was removed from it. Sent last. */
export interface RoomEnded {
  type: "ended";
  reason: "ended" | "removed";
}

/** The first message. A projector and a console have the owner's token. */
export interface RoomHello {
  type: "hello";
  role: "member" | "console" | "projector";
  token: string;
}

/** A room that was used of late. */
export interface RoomKept {
  code: string;
  members: number;
  present: number;
  questions: number;
}

/** The answer to `GET /api/rooms/{code}`, to anybody who has the code. */
export interface RoomOffer {
  id: string;
  code: string;
  names: "generated" | "own";
  locked: boolean;
  /** A name that nobody there has, in the reader's language. */
  suggestion: string;
}

/** The answer to a ticket: an owner token of one's own. */
export interface RoomOwner {
  id: string;
  code: string;
  owner_token: string;
}

/** A new room. */
export interface RoomRequest {
  names?: "generated" | "own";
  screen?: ShowsCodeInput | ShowsRunInput | ShowsComparisonInput | ShowsProgramInput | ShowsWallInput | ShowsExperimentInput;
}

/** The room. Sent first, and whenever something in it has changed. */
export interface RoomState {
  type: "room";
  id: string;
  code: string;
  role: "member" | "console" | "projector";
  /** Whether those who join now wait until they are admitted. */
  locked: boolean;
  names: "generated" | "own";
  /** Eyes up: members' pages are covered. */
  paused: boolean;
  /** Whether members may leave what is shown and try it themselves. */
  free: boolean;
  /** Whether the projector shows names. */
  named: boolean;
  screen: ShowsCode | ShowsRun | ShowsComparison | ShowsProgram | ShowsWall | ShowsExperiment;
  /** The lesson that the teacher goes through with the class. */
  lesson: LessonPlace | null;
  /** The one that is asked now. */
  question: QuestionState | null;
  n_asked: number;
  experiment: ExperimentState | null;
  n_members: number;
  n_present: number;
  /** How many present members pressed which; the console's alone. */
  feelings: Record<string, number>;
  /** Empty for members. */
  members: MemberState[];
  me: Me | null;
  /** Where other machines on the network reach this server; empty if it listens on this machine alone. */
  addresses: string[];
}

/** A loop's numbers at the end of one round. */
export interface Round {
  /** How many rounds of all loops had ended: what tells moments in different loops apart. */
  tick: number;
  /** Characters the program had printed. */
  printed: number;
  /** One for each of `Rounds.names`; null for what is no number, or not finite. */
  values: (number | null)[];
}

/** One round in full: the graph, the chain rule and the checks of what it did. */
export interface RoundExplained {
  type: "explained";
  loop: number;
  round: number;
  derivation: Derivation;
}

/** Rounds of one loop that have ended since the last such message. */
export interface Rounds {
  type: "rounds";
  loop: number;
  /** Where the loop begins. */
  line: number;
  /** How many loops it stands in. */
  depth: number;
  /** The names that are assigned in the loop's body. */
  names: string[];
  /** The round of `rows[0]`; rounds count from 1 over all times that the loop was entered. */
  first: number;
  /**
   * Each row is so many rounds after the one before. When it grows, the rounds before are thinned alike, so
   * that at most 10,000 are kept: those stay whose number less one is a multiple of it.
   */
  stride: number;
  rows: Round[];
  /** Rounds so far. */
  count: number;
  /** Rounds since the loop was last entered. */
  done: number;
  /** How many there will be since then; null where nobody knows. */
  total: number | null;
}

/** All settings that a run's numbers depend on. The defaults are the lesson's run. */
export interface RunConfigInput {
  /** `torch.manual_seed(seed)` is called before the data is made and again before the model is. */
  seed?: number;
  data?: DataConfigInput;
  model?: ModelConfigInput;
  /** Where there are classes and no loss is given, CrossEntropyLoss. */
  loss?: "MSELoss" | "L1Loss" | "SmoothL1Loss" | "HuberLoss" | "CrossEntropyLoss" | "BCEWithLogitsLoss";
  reduction?: "mean" | "sum";
  /** `loss = loss + l1 * sum(p.abs().sum() for p in net.parameters())` in each step, unless it is 0. */
  l1?: number;
  optimizer?: SGDInput | AdamInput | AdamWInput | RMSpropInput | AdagradInput;
  scheduler?: StepLRInput | MultiStepLRInput | ExponentialLR | CosineAnnealingLRInput | LinearLRInput | null;
  /**
   * Number of points in each step, in an order drawn anew by `torch.randperm` for each epoch; null: all
   * points. The last step of an epoch takes the points that are left.
   */
  batch_size?: number | null;
  /** The order of the points in mini-batches. */
  batch_order?: "epochs" | "DataLoader" | "steps" | "in_order";
  loop?: LoopConfigInput;
  max_steps?: number;
  /** The run finishes at the first step whose loss is at or below this. */
  stop_loss?: number | null;
}

/** All settings that a run's numbers depend on. The defaults are the lesson's run. */
export interface RunConfig {
  /** `torch.manual_seed(seed)` is called before the data is made and again before the model is. */
  seed: number;
  data: DataConfig;
  model: ModelConfig;
  /** Where there are classes and no loss is given, CrossEntropyLoss. */
  loss: "MSELoss" | "L1Loss" | "SmoothL1Loss" | "HuberLoss" | "CrossEntropyLoss" | "BCEWithLogitsLoss";
  reduction: "mean" | "sum";
  /** `loss = loss + l1 * sum(p.abs().sum() for p in net.parameters())` in each step, unless it is 0. */
  l1: number;
  optimizer: SGD | Adam | AdamW | RMSprop | Adagrad;
  scheduler: StepLR | MultiStepLR | ExponentialLR | CosineAnnealingLR | LinearLR | null;
  /**
   * Number of points in each step, in an order drawn anew by `torch.randperm` for each epoch; null: all
   * points. The last step of an epoch takes the points that are left.
   */
  batch_size: number | null;
  /** The order of the points in mini-batches. */
  batch_order: "epochs" | "DataLoader" | "steps" | "in_order";
  loop: LoopConfig;
  max_steps: number;
  /** The run finishes at the first step whose loss is at or below this. */
  stop_loss: number | null;
}

/** The answer to `POST /api/runs`, the only one that holds the owner token. */
export interface RunCreated {
  id: string;
  config: RunConfig;
  /** Number of steps taken since the initial weights. */
  step: number;
  status: "ready" | "playing" | "paused" | "finished" | "diverged" | "failed";
  /** The requested pace while the run plays; null means as fast as the server can. */
  steps_per_second: number | null;
  /** Why the run ended; null while it has not. */
  reason: "max_steps" | "stop_loss" | "diverged" | "failed" | null;
  /** Torch's own words, if `reason` is "failed". */
  error: string | null;
  /** Torch's warning in a step: without `unsqueeze_y`, that the loss compares unlike shapes. */
  warning: string | null;
  /** The line of the loop that runs next, if the run stands in the middle of a step. */
  line: "forward" | "loss" | "zero_grad" | "backward" | "step" | null;
  /** The key of the run's diagnosis once it has ended, such as "lr_above_limit". */
  topic: string | null;
  /** The values of the fields of the topic's texts. */
  params: Record<string, string> | null;
  /** Why the run ended as it did, in the reader's language. */
  explanation: string | null;
  /** What to change, in the reader's language. */
  remedy: string | null;
  /**
   * The remedy as a merge patch of the settings, if there is one. A run that diverged or failed must be
   * reset after it.
   */
  suggestion: Record<string, JsonValue> | null;
  owner_token: string;
}

/** The answer to `POST /api/runs/from-script`. */
export interface RunFromScript {
  id: string;
  config: RunConfig;
  /** Number of steps taken since the initial weights. */
  step: number;
  status: "ready" | "playing" | "paused" | "finished" | "diverged" | "failed";
  /** The requested pace while the run plays; null means as fast as the server can. */
  steps_per_second: number | null;
  /** Why the run ended; null while it has not. */
  reason: "max_steps" | "stop_loss" | "diverged" | "failed" | null;
  /** Torch's own words, if `reason` is "failed". */
  error: string | null;
  /** Torch's warning in a step: without `unsqueeze_y`, that the loss compares unlike shapes. */
  warning: string | null;
  /** The line of the loop that runs next, if the run stands in the middle of a step. */
  line: "forward" | "loss" | "zero_grad" | "backward" | "step" | null;
  /** The key of the run's diagnosis once it has ended, such as "lr_above_limit". */
  topic: string | null;
  /** The values of the fields of the topic's texts. */
  params: Record<string, string> | null;
  /** Why the run ended as it did, in the reader's language. */
  explanation: string | null;
  /** What to change, in the reader's language. */
  remedy: string | null;
  /**
   * The remedy as a merge patch of the settings, if there is one. A run that diverged or failed must be
   * reset after it.
   */
  suggestion: Record<string, JsonValue> | null;
  owner_token: string;
  /** How many of the run's first losses were computed and are the script's, to the last bit. */
  proven: number;
  notes: Note[];
}

/** Run the next lines of the loop, one at a time. The run must stand still. */
export interface RunLine {
  /** Of the client's own choice. A message that is sent again with the same one is not carried out again. */
  command_id?: string | null;
  count?: number;
  type: "line";
}

/**
 * Where the teacher's page of a run looks.
 *
 * past: the step that it looks back on. moment: the one of slow motion in that step.
 */
export interface RunPlaceInput {
  past?: number | null;
  moment?: number | null;
}

/**
 * Where the teacher's page of a run looks.
 *
 * past: the step that it looks back on. moment: the one of slow motion in that step.
 */
export interface RunPlace {
  past: number | null;
  moment: number | null;
}

/** Run a program. Whatever this socket ran before is ended. */
export interface RunProgram {
  type: "run";
  program: string;
}

/** The answer to `GET /api/runs/{id}`: a run's settings and its state. */
export interface RunState {
  id: string;
  config: RunConfig;
  /** Number of steps taken since the initial weights. */
  step: number;
  status: "ready" | "playing" | "paused" | "finished" | "diverged" | "failed";
  /** The requested pace while the run plays; null means as fast as the server can. */
  steps_per_second: number | null;
  /** Why the run ended; null while it has not. */
  reason: "max_steps" | "stop_loss" | "diverged" | "failed" | null;
  /** Torch's own words, if `reason` is "failed". */
  error: string | null;
  /** Torch's warning in a step: without `unsqueeze_y`, that the loss compares unlike shapes. */
  warning: string | null;
  /** The line of the loop that runs next, if the run stands in the middle of a step. */
  line: "forward" | "loss" | "zero_grad" | "backward" | "step" | null;
  /** The key of the run's diagnosis once it has ended, such as "lr_above_limit". */
  topic: string | null;
  /** The values of the fields of the topic's texts. */
  params: Record<string, string> | null;
  /** Why the run ended as it did, in the reader's language. */
  explanation: string | null;
  /** What to change, in the reader's language. */
  remedy: string | null;
  /**
   * The remedy as a merge patch of the settings, if there is one. A run that diverged or failed must be
   * reset after it.
   */
  suggestion: Record<string, JsonValue> | null;
}

/** `torch.optim.SGD`, the lesson's optimizer. */
export interface SGDInput {
  name?: "SGD";
  /** The lesson's value; torch's default is 0.001. */
  lr?: number;
  momentum?: number;
  dampening?: number;
  weight_decay?: number;
  nesterov?: boolean;
  /**
   * Whether `parameter -= lr * parameter.grad` stands there, as in a script without an optimizer. It is the
   * same step, but rounds twice.
   */
  by_hand?: boolean;
}

/** `torch.optim.SGD`, the lesson's optimizer. */
export interface SGD {
  name: "SGD";
  /** The lesson's value; torch's default is 0.001. */
  lr: number;
  momentum: number;
  dampening: number;
  weight_decay: number;
  nesterov: boolean;
  /**
   * Whether `parameter -= lr * parameter.grad` stands there, as in a script without an optimizer. It is the
   * same step, but rounds twice.
   */
  by_hand: boolean;
}

/** The answer to `POST /api/scripts`: a program that trains as a run with these settings does. */
export interface Script {
  script: string;
  /** The place of each line of the training loop, from 1. A line that is left out is a comment there. */
  lines: Record<string, number>;
}

/** The answer to `POST /api/scripts/read`: the settings of the run that a script is. */
export interface ScriptRead {
  config: RunConfig;
  /** How many of the run's first losses were computed and are the script's, to the last bit. */
  proven: number;
  notes: Note[];
}

/** A training script. Its first steps are run, in a locked process. */
export interface ScriptText {
  script: string;
}

/** One field of the settings: its allowed values and its default. */
export interface Setting {
  type: "number" | "integer" | "boolean" | "text" | "list";
  /** Whether the field has no default. */
  required: boolean;
  default: JsonValue;
  /** Whether the field may be null. */
  nullable: boolean;
  /** The allowed values, if they can be listed. */
  choices: string[] | null;
  /** Whether values besides `choices` are allowed. */
  open: boolean;
  minimum: number | number | null;
  /** The value must be more than this. */
  above: number | number | null;
  maximum: number | number | null;
  /** The value must be less than this. */
  below: number | number | null;
  min_length: number | null;
  /** Most characters of a text, or items of a list. */
  max_length: number | null;
  /** The allowed items of a list. */
  items: Setting | null;
}

/** A program and the answers given before it ran. */
export interface Sheet {
  program: string;
  given: Given[];
}

/** The console's: what everybody sees from now on. Of several the newest counts. */
export interface Show {
  type: "show";
  screen: ShowsCodeInput | ShowsRunInput | ShowsComparisonInput | ShowsProgramInput | ShowsWallInput | ShowsExperimentInput;
}

/** How to join. */
export interface ShowsCodeInput {
  kind?: "code";
}

/** How to join. */
export interface ShowsCode {
  kind: "code";
}

/** Runs side by side, which all watch. */
export interface ShowsComparisonInput {
  kind?: "comparison";
  comparison: string;
  place?: RunPlaceInput;
}

/** Runs side by side, which all watch. */
export interface ShowsComparison {
  kind: "comparison";
  comparison: string;
  place: RunPlace;
}

/** The class as one experiment: what came out so far. */
export interface ShowsExperimentInput {
  kind?: "experiment";
}

/** The class as one experiment: what came out so far. */
export interface ShowsExperiment {
  kind: "experiment";
}

/** A program on the calculator, and what torch made of it. */
export interface ShowsProgramInput {
  kind?: "program";
  program: string;
  /** The id of the program while it runs live. */
  live?: string | null;
  /** Number of the result: `GET /api/rooms/{id}/derivations/{n}`; null: it was not run. */
  derivation?: number | null;
  /** Where the playback stands; null: at its end. */
  moment?: number | null;
}

/** A program on the calculator, and what torch made of it. */
export interface ShowsProgram {
  kind: "program";
  program: string;
  /** The id of the program while it runs live. */
  live: string | null;
  /** Number of the result: `GET /api/rooms/{id}/derivations/{n}`; null: it was not run. */
  derivation: number | null;
  /** Where the playback stands; null: at its end. */
  moment: number | null;
}

/** A run, which all watch. */
export interface ShowsRunInput {
  kind?: "run";
  run: string;
  place?: RunPlaceInput;
}

/** A run, which all watch. */
export interface ShowsRun {
  kind: "run";
  run: string;
  place: RunPlace;
}

/** Everybody's own curve. */
export interface ShowsWallInput {
  kind?: "wall";
  sort?: "name" | "loss" | "step" | "stuck";
  /** All curves in one chart. */
  overlay?: boolean;
  /** The curves stand as they were when this was set. */
  frozen?: boolean;
  /** The one whose run is shown large: with their consent only. */
  member?: number | null;
  /** The teacher's, from which members begin who have none of their own. */
  run?: string | null;
}

/** Everybody's own curve. */
export interface ShowsWall {
  kind: "wall";
  sort: "name" | "loss" | "step" | "stuck";
  /** All curves in one chart. */
  overlay: boolean;
  /** The curves stand as they were when this was set. */
  frozen: boolean;
  /** The one whose run is shown large: with their consent only. */
  member: number | null;
  /** The teacher's, from which members begin who have none of their own. */
  run: string | null;
}

/** The body of `POST /api/admin/session`. */
export interface SignIn {
  /** `PLAYGROUND_ADMIN_TOKEN`. */
  token: string;
}

/** A curve drawn by hand: its height at 100 equal distances; null where nothing was drawn. */
export interface SketchAnswerInput {
  kind?: "sketch";
  heights: (number | null)[];
}

/** A curve drawn by hand: its height at 100 equal distances; null where nothing was drawn. */
export interface SketchAnswer {
  kind: "sketch";
  heights: (number | null)[];
}

/**
 * A run after `step` steps. Values that are not finite are null.
 *
 * The loss is the one that the last step computed before it changed the parameters, as in a printed training
 * loop; the predictions are those of the parameters given here.
 */
export interface Snapshot {
  step: number;
  /** None before the first step. */
  loss: number | null;
  test_loss: number | null;
  /** The learning rate of the next step, as a scheduler has changed it. */
  lr: number;
  diverged: boolean;
  /**
   * The model's output at each data point, in the order of the data; with classes, the class it takes each
   * point for.
   */
  prediction: (number | null)[];
  /**
   * The model's output at each point of the grid in `started`: the fitted curve. Empty with classes or two
   * inputs, which have a `surface`.
   */
  grid_prediction: (number | null)[];
  parameters: Record<string, Nested>;
  /** `.grad` of each parameter; null where it is None. */
  gradients: Record<string, Nested | null>;
  /**
   * The dead units of each hidden layer, from 0: a ReLU whose output is 0 at every data point, so that no
   * gradient reaches its weights. Other activations have a slope everywhere, so their units are never dead.
   */
  dead_units: number[][];
  /** The model over the plane; null if it is a curve. */
  surface: Surface | null;
  /** With classes: the part of the points to learn from that the model takes for what they are. */
  accuracy: number | null;
  /** The same of the points held out. */
  test_accuracy: number | null;
  /** With classes: how many points of each class (a row) the model takes for each class (a column). */
  confusion: number[][] | null;
}

/** A snapshot, and the losses of all steps since the last snapshot that this client was sent. */
export interface SnapshotMessage {
  step: number;
  /** None before the first step. */
  loss: number | null;
  test_loss: number | null;
  /** The learning rate of the next step, as a scheduler has changed it. */
  lr: number;
  diverged: boolean;
  /**
   * The model's output at each data point, in the order of the data; with classes, the class it takes each
   * point for.
   */
  prediction: (number | null)[];
  /**
   * The model's output at each point of the grid in `started`: the fitted curve. Empty with classes or two
   * inputs, which have a `surface`.
   */
  grid_prediction: (number | null)[];
  parameters: Record<string, Nested>;
  /** `.grad` of each parameter; null where it is None. */
  gradients: Record<string, Nested | null>;
  /**
   * The dead units of each hidden layer, from 0: a ReLU whose output is 0 at every data point, so that no
   * gradient reaches its weights. Other activations have a slope everywhere, so their units are never dead.
   */
  dead_units: number[][];
  /** The model over the plane; null if it is a curve. */
  surface: Surface | null;
  /** With classes: the part of the points to learn from that the model takes for what they are. */
  accuracy: number | null;
  /** The same of the points held out. */
  test_accuracy: number | null;
  /** With classes: how many points of each class (a row) the model takes for each class (a column). */
  confusion: number[][] | null;
  type: "snapshot";
  /** The step whose loss is `losses[0]`; steps count from 1. */
  losses_from: number;
  losses: (number | null)[];
}

/** Snapshots of several steps, the earliest first. */
export interface Snapshots {
  snapshots: Snapshot[];
}

/**
 * The run as a viewer needs it before the first snapshot.
 *
 * Sent first, and again whenever the run begins anew: after a reset, after a change that makes data or model
 * anew, and after the trainer was replaced.
 */
export interface Started {
  /**
   * Inputs of the points that the run learns from, in the order of `prediction`, which need not ascend; the
   * first of two.
   */
  x: number[];
  /** The second input of each point; empty if there is one. */
  x2: number[];
  /** With classes each point's class, whatever `y_form` makes of it. */
  y: number[];
  /** Inputs of the points that are held out for the test loss. */
  test_x: number[];
  test_x2: number[];
  test_y: number[];
  /** The inputs of `grid_prediction`, ascending; empty if the run has a surface. */
  grid: number[];
  /** What the snapshots' `surface` covers: x1 from, x1 to, x2 from, x2 to; null if the model is a curve. */
  area: [number, number, number, number] | null;
  type: "started";
  run: RunState;
  /** Whether this client may change the run. */
  control: boolean;
  parameters: ParameterInfo[];
}

/** The answer to `GET /api/admin/status`. */
export interface Status {
  version: string;
  /** The version of the tables; null until they are open. */
  store_version: string | null;
  /** Since the server started. */
  seconds: number;
  ready: Record<string, boolean>;
  store_trouble: string | null;
  /** As of the last look. */
  store_bytes: number;
  /** Those around programs; null until they were tried. */
  barriers: Record<string, boolean | number> | null;
  /** Runs in memory, by status. */
  runs: Record<string, number>;
  runs_stored: number;
  /** Rooms, those in memory included. */
  rooms_stored: number;
  /** Those in memory; those with most members present come first. */
  rooms: RoomKept[];
  sockets: number;
  /** What waits for the sandbox, the engine and the store. */
  waiting: Record<string, number>;
  /** Bytes that each kind of process holds; what they share is counted in each. */
  memory: Record<string, number>;
  /** Programs since the start, by how they ended. */
  programs: Record<string, number>;
  /** Refusals because a client reached a limit. */
  limits_met: Record<string, number>;
  /** Those that hold most come first. */
  clients: ClientRuns[];
  /** The last warnings and errors as they are logged as JSON, the newest first. */
  errors: Record<string, JsonValue>[];
}

/** Run exactly `count` further steps, then pause. */
export interface StepInput {
  /** Of the client's own choice. A message that is sent again with the same one is not carried out again. */
  command_id?: string | null;
  type: "step";
  count?: number;
}

/** One step of the playback. */
export interface Step {
  line: number | null;
  /**
   * line: a line has run. backward: gradients begin to flow back from it. node: they reach an operation or
   * a leaf. skipped: `count` lines of a loop are left out here. error: the program stopped.
   */
  event: "line" | "backward" | "node" | "skipped" | "error";
  changed: Change[];
  /** The nodes of the graph that this line computed. */
  made: string[];
  /** The node that gradients reach, if it is in the graph. */
  node: string | null;
  /** What arrives there; of a backward, the weights. */
  grad: string | null;
  count: number | null;
  /** Which `backward()`, from 1. */
  backward: number | null;
  /** In the last step of a line: how many characters of `Derivation.printed` were there after it. */
  printed: number | null;
}

/** `torch.optim.lr_scheduler.StepLR`: times gamma after every `step_size` steps. */
export interface StepLRInput {
  name: "StepLR";
  step_size: number;
  gamma?: number;
}

/** `torch.optim.lr_scheduler.StepLR`: times gamma after every `step_size` steps. */
export interface StepLR {
  name: "StepLR";
  step_size: number;
  gamma: number;
}

/** A step with its scene, also where that is the one before. */
export interface StepShown {
  title: string;
  text: string;
  scene: TrainingScene | ComparisonScene | CalculatorScene | null;
  /** The prediction as a room asks it. */
  ask: AboutProgram | AboutRuns | Poll | null;
  /** The question in the lesson's words, if it has any. */
  ask_text: string | null;
  task: TaskShown | null;
}

/** A request to run exactly `count` further steps. */
export interface StepsRequest {
  count: number;
}

/** End it, and show how far it came. */
export interface StopProgram {
  type: "stop";
}

/** Sent when the server cannot store any more what is done to runs, and when it can again. */
export interface Stored {
  type: "stored";
  /** What keeps it from storing, in the reader's language; null: nothing does. */
  trouble: string | null;
}

/** The model at the middles of cells that fill the `area` of `started`. */
export interface Surface {
  /** Number of cells along x1. */
  width: number;
  /** Number of cells along x2; 1 if there is one input. */
  height: number;
  /**
   * Row by row, from the least x2: the model's output; with classes how sure it is of the class it would
   * give, 0 to 1. Rounded to 255 levels between the least and the greatest. null: none is finite.
   */
  values: (number | null)[];
  /** The class of each cell, from 0. */
  classes: number[] | null;
}

/** A table of columns, as a spreadsheet or a program writes it: x and y, or x1, x2 and y. */
export interface Table {
  /**
   * Columns separated by commas, semicolons, tabs or spaces. Numbers may be in quotes, and have a decimal
   * comma if commas do not separate. A first row without numbers is a header. Empty lines are skipped.
   */
  csv: string;
  /** The number of inputs: y comes in the column after them. */
  features?: number;
  /** Whether y is a label: a number or a name of a class. At most 6 different ones, and at least 2. */
  labels?: boolean;
}

/**
 * All answers of one round, the most frequent first; of many different ones, the most frequent.
 *
 * sketches: instead of counts, of curves; of many, a choice from the nearest to the farthest. distances: of
 * each of them the mean squared distance from torch's curve; null where there is none.
 */
export interface Tally {
  n_answers: number;
  n_right: number | null;
  counts: Count[];
  sketches: SketchAnswer[];
  distances: (number | null)[];
}

/** A task. */
export interface TaskShown {
  text: string;
  hint: string | null;
  /** What `POST .../check` wants. */
  of: "run" | "program";
}

/** A tensor that a line made or changed, or its `.grad`. */
export interface TensorChange {
  /** "prediction", "loss", or a parameter such as "hidden.weight". */
  name: string;
  what: "value" | "grad";
  shape: number[];
  /** None if there was no such tensor, or if it has more than 1024 elements, which the snapshots have. */
  before: Nested | null;
  after: Nested | null;
}

/** Printed text. Spaces and line ends do not matter, nor what torch writes around numbers. */
export interface TextAnswerInput {
  kind?: "text";
  text: string;
}

/** Printed text. Spaces and line ends do not matter, nor what torch writes around numbers. */
export interface TextAnswer {
  kind: "text";
  text: string;
}

/** A text that replaces the text between two places. Lines and columns count from 1, in characters. */
export interface TextEdit {
  line: number;
  column: number;
  end_line: number;
  end_column: number;
  text: string;
}

/** One of the messages that come at regular intervals; the socket is closed after the last. */
export interface Tick {
  type: "tick";
  n: number;
}

/**
 * What lets another browser own the room, too; to be sent as the part of a link after #.
 *
 * helper: for a second teacher or a second device, once, within ten minutes. recovery: as long as the room
 * is there.
 */
export interface Ticket {
  kind: "helper" | "recovery";
  ticket: string;
}

/** Which ticket to make. */
export interface TicketRequest {
  kind?: "helper" | "recovery";
}

/** The marks that the program has put on an axis. */
export interface Ticks {
  values: (number | string | null)[];
  labels: string[];
}

/** A trace of Plotly's: lines, markers, areas and texts are all of type "scatter". */
export interface Trace {
  type: "scatter";
  x: (number | string | null)[];
  y: (number | string | null)[];
  mode: "lines" | "markers" | "lines+markers" | "text" | "none";
  xaxis: string;
  yaxis: string;
  name: string;
  showlegend: boolean;
  line_color: string | null;
  line_width: number;
  line_dash: "solid" | "dash" | "dot" | "dashdot";
  line_shape: "linear" | "hv" | "vh" | "hvh";
  /** One for all, or one for each. */
  marker_color: string[];
  marker_size: number[];
  marker_symbol: "circle" | "square" | "diamond" | "cross" | "x" | "triangle-up" | "triangle-down" | "star";
  /** Of an area whose edge the line is. */
  fillcolor: string | null;
  text: string[];
  textposition: "top left" | "top center" | "top right" | "middle left" | "middle center" | "middle right" | "bottom left" | "bottom center" | "bottom right";
  text_size: number;
  text_color: string | null;
}

/**
 * The training page. settings: a merge patch of the lesson's run.
 *
 * free: the settings that the reader may change, such as optimizer.lr or all of model; the others are fixed
 * and hidden. null: all may be changed.
 */
export interface TrainingScene {
  page: "training";
  settings: Record<string, JsonValue>;
  free: string[] | null;
}

/** Runs that a question is about, which begin when its answer is revealed. */
export interface TrialInput {
  config?: RunConfigInput;
  /** For each run a merge patch (RFC 7396) of `config`. */
  vary?: Record<string, JsonValue>[];
  /** How many steps they take. */
  steps?: number;
}

/** Runs that a question is about, which begin when its answer is revealed. */
export interface Trial {
  config: RunConfig;
  /** For each run a merge patch (RFC 7396) of `config`. */
  vary: Record<string, JsonValue>[];
  /** How many steps they take. */
  steps: number;
}

/** What the reader has done: a run of theirs, or a program. */
export interface Tried {
  run?: string | null;
  program?: string | null;
}

/** What torch computed. */
export interface Truth {
  /** null: torch gives none, for the program or a run failed, or nobody can tell; `shown` says why. */
  answer: NumberAnswer | NoneAnswer | ErrorAnswer | TextAnswer | ChoiceAnswer | RankAnswer | SketchAnswer | null;
  /** As torch writes it, or in the reader's language. */
  shown: string;
  reason: string | null;
  /** The chain rule behind it with its numbers. */
  chain: string[];
}

/** Change settings: a JSON merge patch (RFC 7396) on the run's config, as `PATCH /api/runs/{id}` takes. */
export interface Update {
  /** Of the client's own choice. A message that is sent again with the same one is not carried out again. */
  command_id?: string | null;
  type: "update";
  config: Record<string, JsonValue>;
}

/** Sent when settings have changed, from step `step` on, and the run goes on. */
export interface Updated {
  type: "updated";
  step: number;
  config: RunConfig;
  /** The points of all following snapshots, if they have changed. */
  points: Points | null;
}

/** One tensor the program named, as it is at the end. */
export interface Variable {
  name: string;
  /** As `print` shows it. */
  text: string;
  /** The numbers alone, as torch writes them. */
  value: string;
  /**
   * The numbers themselves, as `tolist()` gives them, null for each that is not finite. null as a whole for
   * a tensor of more than 1,000 numbers or of complex ones, and once the program's have 10,000 together.
   */
  value_numbers: Numbers;
  shape: number[];
  dtype: string;
  requires_grad: boolean;
  is_leaf: boolean;
  /** `.grad` as `print` shows it, where `grad_state` is "value". */
  grad: string | null;
  /** The numbers of `.grad` likewise; null where there is none. */
  grad_numbers: Numbers;
  /**
   * untracked: requires_grad is False. not_retained: a non-leaf without retain_grad(). none: tracked, but
   * nothing has flowed into it. value: `grad` says what.
   */
  grad_state: "value" | "none" | "not_retained" | "untracked";
  /** The name torch gives the operation that made it, such as "MulBackward0". */
  grad_fn: string | null;
  /** Where `grad_state` is "not_retained": what keeps its gradient, if that is one line. */
  retain: Fix | null;
}

/** Sent when torch has warned in a step, or when a warning no longer holds because the points changed. */
export interface Warned {
  type: "warned";
  /** Torch's own words; null: the warning no longer holds. */
  warning: string | null;
  /** The meaning of the warning, in the reader's language. */
  explanation: string | null;
  remedy: string | null;
}

/** Follow a program that runs. Without its `owner_token` the client may only watch. */
export interface WatchProgram {
  type: "watch";
  id: string;
  owner_token?: string | null;
}

/** A run's parameters, by their names in the `state_dict`. */
export interface Weights {
  /** Number of steps taken. */
  step: number;
  parameters: Record<string, Parameter>;
}

export type ClientMessage = Hello | Play | Pause | StepInput | RunLine | Edit | Update | Reset | Ack | Ping;

export type ServerMessage = Started | SnapshotMessage | Playing | Paused | Lines | Updated | Warned | Stored | Finished | Failed | Pong;

export type ProgramClientMessage = RunProgram | WatchProgram | PauseProgram | ResumeProgram | OneRound | ProgramSpeed | StopProgram | ExplainRound | Ping;

export type ProgramMessage = ProgramStarted | ProgramQueued | ProgramRunning | ProgramPaused | Printed | Rounds | FigureShown | ProgramFinished | RoundExplained | Failed | Pong;

export type ComparisonMessage = ComparisonStarted | ComparisonSnapshot | Playing | Paused | ComparisonEnded | ComparisonFinished | Stored | Failed | Pong;

export type RoomMessage = RoomState | RoomEnded | Failed | Pong;

export type RoomClientMessage = RoomHello | GiveAnswer | Feel | Show | Ping;
