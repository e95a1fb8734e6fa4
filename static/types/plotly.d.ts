/** The little of Plotly that static/js/plots.js uses. */
declare namespace Plotly {
  function react(element: HTMLElement, traces: object[], layout: object, config: object): Promise<unknown>;
  function animate(element: HTMLElement, frame: object, options: object): Promise<unknown>;
}
