// @ts-check
/** A run's settings by path, such as `optimizer.lr`: what differs from what, and put together again. Pure. */

/** @typedef {import("../../types/protocol").RunConfig} RunConfig */
/** @typedef {import("../../types/protocol").JsonValue} JsonValue */
/** @typedef {Record<string, JsonValue>} Settings values by path */

/**
 * What a run is set to unless told otherwise, and what each kind of optimizer and scheduler is.
 *
 * @typedef {{ config: RunConfig, kinds: Record<string, Record<string, Settings>> }} Defaults
 */

/** @param {unknown} value */
const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * @param {object} config
 * @param {string} [prefix]
 * @returns {Settings} lists are values, as they are
 */
export function flatten(config, prefix = "") {
  return Object.assign(
    {},
    ...Object.entries(config).map(([name, value]) =>
      isRecord(value) ? flatten(value, `${prefix}${name}.`) : { [prefix + name]: value },
    ),
  );
}

/**
 * The opposite of `flatten`.
 *
 * @param {Settings} settings
 * @returns {Record<string, any>} without prototypes, since paths may be anybody's
 */
export function nested(settings) {
  const config = Object.create(null);
  for (const [path, value] of Object.entries(settings)) {
    const names = path.split(".");
    const last = /** @type {string} */ (names.pop());
    let inner = config;
    for (const name of names) {
      if (!isRecord(inner[name])) inner[name] = Object.create(null);
      inner = inner[name];
    }
    inner[last] = value;
  }
  return config;
}

/**
 * The settings of `config` that are not what they would be if only the choices of optimizer and scheduler
 * were made.
 *
 * @param {RunConfig} config
 * @param {Defaults} defaults
 * @returns {Settings}
 */
export function changes(config, { config: usual, kinds }) {
  const base = flatten({
    ...usual,
    optimizer: { ...kinds.optimizer?.[config.optimizer.name], name: usual.optimizer.name },
    scheduler: config.scheduler && kinds.scheduler?.[config.scheduler.name],
  });
  const found = difference(flatten(config), base);
  // Classes bring a loss of their own, if none is said.
  return (config.data.classes ?? null) === null ? found : { ...found, loss: config.loss };
}

/**
 * Those of `settings` that `base` has not, or has otherwise.
 *
 * @param {Settings} settings
 * @param {Settings} base
 * @returns {Settings}
 */
export function difference(settings, base) {
  return Object.fromEntries(Object.entries(settings).filter(([path, value]) => !same(value, base[path])));
}

/**
 * A whole config out of the settings that `changes` tells.
 *
 * @param {Settings} settings
 * @param {Defaults} defaults
 * @returns {RunConfig} as far as the settings are sound, which the server judges
 */
export function completed(settings, { config, kinds }) {
  const wanted = nested(settings);
  const parts = Object.entries(config).map(([name, usual]) => {
    const value = wanted[name];
    if (value === undefined) return [name, usual];
    const chosen = kinds[name]?.[value?.name ?? config.optimizer.name] ?? usual;
    return [name, isRecord(value) ? { ...(isRecord(chosen) ? chosen : {}), ...value } : value];
  });
  const complete = Object.fromEntries(parts);
  return { ...complete, optimizer: { name: config.optimizer.name, ...complete.optimizer } };
}

/**
 * The merge patch that brings any run to these settings. What goes with a target is null where it is not said: that is
 * the server's to choose, for a preset of classes brings two inputs, and a loss.
 *
 * @param {Settings} settings
 * @param {Defaults} defaults
 * @returns {Record<string, any>}
 */
export function patchTo(settings, defaults) {
  const { data, loss, ...rest } = completed(settings, defaults);
  const { "data.features": features = null, "data.classes": classes = null, loss: said = null } = settings;
  return { ...rest, data: { ...data, features, classes }, loss: said === null ? null : loss };
}

/** Whether the model is a curve: a number over one input. @param {RunConfig} config */
export const isCurve = ({ data }) => data.features === 1 && data.classes === null;

/**
 * The sizes of `Net(n_feature, *hidden, n_output)`.
 *
 * @param {RunConfig} config
 */
export function sizesOf({ data, model, loss }) {
  const outputs = loss === "CrossEntropyLoss" ? (data.classes ?? 1) : 1;
  return [data.features, ...model.hidden, outputs];
}

/**
 * @param {object} config
 * @param {string} path
 * @returns {any} undefined where there is none
 */
export function valueAt(config, path) {
  return path.split(".").reduce((/** @type {any} */ inner, name) => inner?.[name], config);
}

/**
 * @param {string} path such as "optimizer.lr"
 * @param {JsonValue} value
 * @returns {Record<string, JsonValue>} a merge patch, such as `{ optimizer: { lr: 0.1 } }`
 */
export function patch(path, value) {
  const [last, ...outer] = path.split(".").reverse();
  return outer.reduce((inner, name) => ({ [name]: inner }), { [/** @type {string} */ (last)]: value });
}
