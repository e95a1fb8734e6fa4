/** The little of Plotly that static/js/charts/plot.js uses. */
declare namespace Plotly {
  function react(element: HTMLElement, traces: object[], layout: object, config: object): Promise<unknown>;
  function animate(element: HTMLElement, frame: object, options: object): Promise<unknown>;
  function purge(element: HTMLElement): void;
}
