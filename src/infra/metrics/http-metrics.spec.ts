import { HttpMetrics, MOST_ROUTE_STATUSES, toDocumentedPath } from './http-metrics.js';

const seriesOf = (metrics: HttpMetrics) =>
  metrics.requests.report().series.map(({ labels, numbers }) => [...labels, numbers[0]].join(' '));

describe('requests', () => {
  it('are counted by method, route and status', () => {
    const metrics = new HttpMetrics();
    metrics.observe('POST', '/v1/executions\\:run', 200, 1);
    metrics.observe('POST', '/v1/executions\\:run', 200, 1);
    metrics.observe('POST', '/v1/executions\\:run', 429, 1);
    metrics.observe('GET', '/v1/prompts/:name/versions/:n', 404, 1);
    expect(seriesOf(metrics)).toEqual([
      'POST /v1/executions:run 200 2',
      'POST /v1/executions:run 429 1',
      'GET /v1/prompts/{name}/versions/{n} 404 1',
    ]);
  });

  it('that reach no route, come by an odd method, or are left, are told apart by nothing that callers choose', () => {
    const metrics = new HttpMetrics();
    metrics.observe('GET', null, 404, 1);
    metrics.observe('PROPFIND', null, 405, 1);
    metrics.observe('GET', '/v1/prompts', null, 1);
    expect(seriesOf(metrics)).toEqual(['GET none 404 1', 'other none 405 1', 'GET /v1/prompts 499 1']);
  });

  it('keep the class of their status when there are too many routes to name, so that failures stay visible', () => {
    const metrics = new HttpMetrics();
    for (let n = 0; n < MOST_ROUTE_STATUSES; n += 1) metrics.observe('GET', `/v1/things-${n}`, 200, 1);
    metrics.observe('POST', '/v1/executions\\:run', 502, 1);
    metrics.observe('PUT', '/v1/prompts/:name', 503, 1);
    metrics.observe('PUT', '/v1/prompts/:name', 404, 1);
    metrics.observe('PUT', '/v1/prompts/:name', null, 1);
    expect(seriesOf(metrics).slice(MOST_ROUTE_STATUSES)).toEqual(['other other 5xx 2', 'other other 4xx 2']);
  });

  it('have their time measured on the routes that are called most, by class of status', () => {
    const metrics = new HttpMetrics();
    metrics.observe('POST', '/v1/executions\\:run', 200, 250);
    metrics.observe('POST', '/v1/executions\\:run', 201, 750);
    metrics.observe('POST', '/v1/executions\\:run', 503, 2);
    metrics.observe('GET', '/v1/prompts/:name', 200, 1);
    metrics.observe('PUT', '/v1/prompts/:name', 200, 1);
    const times = metrics.durations
      .report()
      .series.map(({ labels, numbers }) => [...labels, numbers.at(-1)].join(' '));
    expect(times).toEqual([
      'POST /v1/executions:run 2xx 1',
      'POST /v1/executions:run 5xx 0.002',
      'GET /v1/prompts/{name} 2xx 0.001',
    ]);
  });

  it.each([
    ['/v1/executions\\:run', '/v1/executions:run'],
    ['/v1/prompts/:name\\:render', '/v1/prompts/{name}:render'],
    [
      '/v1/prompts/:name/versions/:version_number\\:activate',
      '/v1/prompts/{name}/versions/{version_number}:activate',
    ],
    ['/health', '/health'],
  ])('name the route %s as the document does', (pattern, path) => {
    expect(toDocumentedPath(pattern)).toBe(path);
  });
});
