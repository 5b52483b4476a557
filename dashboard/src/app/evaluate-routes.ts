import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { parseAnnotationSearch } from '../features/annotation';
import { parseDatasetSearch } from '../features/datasets';
import { parseExperimentSearch, parseExperimentsSearch } from '../features/experiments';
import { parseScorerSearch, parseScorersSearch } from '../features/scorers';
import { root } from './root-route';

const datasets = createRoute({
  getParentRoute: () => root,
  path: '/datasets',
  component: lazyRouteComponent(() => import('../features/datasets/datasets-screen'), 'DatasetsScreen'),
});

const dataset = createRoute({
  getParentRoute: () => root,
  path: '/datasets/$name',
  validateSearch: parseDatasetSearch,
  component: lazyRouteComponent(() => import('../features/datasets/dataset-screen'), 'DatasetScreen'),
});

const experiments = createRoute({
  getParentRoute: () => root,
  path: '/experiments',
  validateSearch: parseExperimentsSearch,
  component: lazyRouteComponent(
    () => import('../features/experiments/experiments-screen'),
    'ExperimentsScreen',
  ),
});

const newExperiment = createRoute({
  getParentRoute: () => root,
  path: '/experiments/new',
  component: lazyRouteComponent(
    () => import('../features/experiments/start/new-experiment-screen'),
    'NewExperimentScreen',
  ),
});

const experiment = createRoute({
  getParentRoute: () => root,
  path: '/experiments/$id',
  validateSearch: parseExperimentSearch,
  component: lazyRouteComponent(
    () => import('../features/experiments/one/experiment-screen'),
    'ExperimentScreen',
  ),
});

const scorers = createRoute({
  getParentRoute: () => root,
  path: '/scorers',
  validateSearch: parseScorersSearch,
  component: lazyRouteComponent(() => import('../features/scorers/scorers-screen'), 'ScorersScreen'),
});

const newScorer = createRoute({
  getParentRoute: () => root,
  path: '/scorers/-/new',
  component: lazyRouteComponent(() => import('../features/scorers/new-scorer-screen'), 'NewScorerScreen'),
});

const scorer = createRoute({
  getParentRoute: () => root,
  path: '/scorers/$name',
  validateSearch: parseScorerSearch,
  component: lazyRouteComponent(() => import('../features/scorers/scorer-screen'), 'ScorerScreen'),
});

const annotation = createRoute({
  getParentRoute: () => root,
  path: '/annotation',
  validateSearch: parseAnnotationSearch,
  component: lazyRouteComponent(() => import('../features/annotation/annotation-screen'), 'AnnotationScreen'),
});

/** The screens that show which version is better, and by whose judgement. */
export const evaluateRoutes = [
  datasets,
  dataset,
  experiments,
  newExperiment,
  experiment,
  scorers,
  newScorer,
  scorer,
  annotation,
] as const;
