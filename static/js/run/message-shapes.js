// @ts-check
/**
 * What each message of the server has at least, by its type: null is anything, a list has items of one shape.
 *
 * Written by `python3.11 -m tools generate` from app/protocol. Do not edit.
 */

/** @typedef {null | Shape[] | { [field: string]: Shape }} Shape */

/** @type {Record<string, Shape>} */
export const RUN_SHAPES = {
  started: {
    x: [null],
    x2: [null],
    y: [null],
    test_x: [null],
    test_x2: [null],
    test_y: [null],
    grid: [null],
    area: null,
    type: null,
    run: {
      id: null,
      config: {
        seed: null,
        data: {
          features: null,
          classes: null,
          target: null,
          n_samples: null,
          x_min: null,
          x_max: null,
          noise: null,
          balance: null,
          points: null,
          scale_x: null,
          test_fraction: null,
          unsqueeze_x: null,
          unsqueeze_y: null,
          y_form: null,
        },
        model: {
          hidden: [null],
          activation: null,
          init: null,
          dropout: null,
          linear: null,
          drawn: null,
          weights: null,
        },
        loss: null,
        reduction: null,
        l1: null,
        optimizer: null,
        scheduler: null,
        batch_size: null,
        batch_order: null,
        loop: {
          forward: null,
          loss: null,
          zero_grad: null,
          backward: null,
          step: null,
        },
        max_steps: null,
        stop_loss: null,
      },
      step: null,
      status: null,
      steps_per_second: null,
      reason: null,
      error: null,
      warning: null,
      line: null,
      topic: null,
      params: null,
      explanation: null,
      remedy: null,
      suggestion: null,
    },
    control: null,
    parameters: [
      {
        name: null,
        shape: [null],
      },
    ],
  },
  playing: {
    type: null,
    steps_per_second: null,
  },
  paused: {
    type: null,
    step: null,
  },
  lines: {
    type: null,
    lines: [
      {
        step: null,
        line: null,
        changes: [
          {
            name: null,
            what: null,
            shape: [null],
            before: null,
            after: null,
          },
        ],
        samples: null,
        lr: null,
      },
    ],
  },
  updated: {
    type: null,
    step: null,
    config: {
      seed: null,
      data: {
        features: null,
        classes: null,
        target: null,
        n_samples: null,
        x_min: null,
        x_max: null,
        noise: null,
        balance: null,
        points: null,
        scale_x: null,
        test_fraction: null,
        unsqueeze_x: null,
        unsqueeze_y: null,
        y_form: null,
      },
      model: {
        hidden: [null],
        activation: null,
        init: null,
        dropout: null,
        linear: null,
        drawn: null,
        weights: null,
      },
      loss: null,
      reduction: null,
      l1: null,
      optimizer: null,
      scheduler: null,
      batch_size: null,
      batch_order: null,
      loop: {
        forward: null,
        loss: null,
        zero_grad: null,
        backward: null,
        step: null,
      },
      max_steps: null,
      stop_loss: null,
    },
    points: null,
  },
  warned: {
    type: null,
    warning: null,
    explanation: null,
    remedy: null,
  },
  stored: {
    type: null,
    trouble: null,
  },
  finished: {
    type: null,
    step: null,
    reason: null,
    error: null,
    topic: null,
    explanation: null,
    remedy: null,
    suggestion: null,
  },
  failed: {
    type: null,
    problem: {
      type: null,
      title: null,
      status: null,
      detail: null,
      errors: [
        {
          field: null,
          message: null,
        },
      ],
    },
  },
  pong: {
    type: null,
  },
};

/** @type {Record<string, Shape>} */
export const COMPARISON_SHAPES = {
  started: {
    type: null,
    id: null,
    control: null,
    runs: [
      {
        x: [null],
        x2: [null],
        y: [null],
        test_x: [null],
        test_x2: [null],
        test_y: [null],
        grid: [null],
        area: null,
        label: null,
        vary: null,
        run: {
          id: null,
          config: {
            seed: null,
            data: {
              features: null,
              classes: null,
              target: null,
              n_samples: null,
              x_min: null,
              x_max: null,
              noise: null,
              balance: null,
              points: null,
              scale_x: null,
              test_fraction: null,
              unsqueeze_x: null,
              unsqueeze_y: null,
              y_form: null,
            },
            model: {
              hidden: [null],
              activation: null,
              init: null,
              dropout: null,
              linear: null,
              drawn: null,
              weights: null,
            },
            loss: null,
            reduction: null,
            l1: null,
            optimizer: null,
            scheduler: null,
            batch_size: null,
            batch_order: null,
            loop: {
              forward: null,
              loss: null,
              zero_grad: null,
              backward: null,
              step: null,
            },
            max_steps: null,
            stop_loss: null,
          },
          step: null,
          status: null,
          steps_per_second: null,
          reason: null,
          error: null,
          warning: null,
          line: null,
          topic: null,
          params: null,
          explanation: null,
          remedy: null,
          suggestion: null,
        },
        parameters: [
          {
            name: null,
            shape: [null],
          },
        ],
      },
    ],
  },
  playing: {
    type: null,
    steps_per_second: null,
  },
  paused: {
    type: null,
    step: null,
  },
  ended: {
    type: null,
    run: null,
    step: null,
    reason: null,
    error: null,
    topic: null,
    explanation: null,
    remedy: null,
    suggestion: null,
  },
  finished: {
    type: null,
    step: null,
  },
  stored: {
    type: null,
    trouble: null,
  },
  failed: {
    type: null,
    problem: {
      type: null,
      title: null,
      status: null,
      detail: null,
      errors: [
        {
          field: null,
          message: null,
        },
      ],
    },
  },
  pong: {
    type: null,
  },
};

/** @type {Record<string, Shape>} */
export const PROGRAM_SHAPES = {
  started: {
    type: null,
    id: null,
    owner_token: null,
    control: null,
    program: null,
  },
  queued: {
    type: null,
    place: null,
  },
  running: {
    type: null,
    rounds_per_second: null,
  },
  paused: {
    type: null,
  },
  printed: {
    type: null,
    text: null,
  },
  rounds: {
    type: null,
    loop: null,
    line: null,
    depth: null,
    names: [null],
    first: null,
    stride: null,
    rows: [
      {
        tick: null,
        printed: null,
        values: [null],
      },
    ],
    count: null,
    done: null,
    total: null,
  },
  figure: {
    type: null,
    number: null,
    tick: null,
    title: null,
    width: null,
    height: null,
    plotly: null,
    svg: null,
    png: null,
  },
  finished: {
    type: null,
    reason: null,
    derivation: null,
  },
  explained: {
    type: null,
    loop: null,
    round: null,
    derivation: null,
  },
  failed: {
    type: null,
    problem: {
      type: null,
      title: null,
      status: null,
      detail: null,
      errors: [
        {
          field: null,
          message: null,
        },
      ],
    },
  },
  pong: {
    type: null,
  },
};

/** @type {Record<string, Shape>} */
export const ROOM_SHAPES = {
  room: {
    type: null,
    id: null,
    code: null,
    role: null,
    locked: null,
    names: null,
    paused: null,
    free: null,
    named: null,
    screen: null,
    lesson: null,
    question: null,
    n_asked: null,
    experiment: null,
    n_members: null,
    n_present: null,
    feelings: null,
    members: [
      {
        number: null,
        name: null,
        present: null,
        admitted: null,
        feeling: null,
        answered: null,
        run: null,
        consents: null,
        asked: null,
        stuck: null,
        answer: null,
        right: null,
        distance: null,
      },
    ],
    me: null,
    addresses: [null],
  },
  ended: {
    type: null,
    reason: null,
  },
  failed: {
    type: null,
    problem: {
      type: null,
      title: null,
      status: null,
      detail: null,
      errors: [
        {
          field: null,
          message: null,
        },
      ],
    },
  },
  pong: {
    type: null,
  },
};
