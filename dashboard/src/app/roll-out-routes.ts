import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { parseNewRolloutSearch, parseRolloutSearch, parseRolloutsSearch } from '../features/rollouts';
import { root } from './root-route';

const rollouts = createRoute({
  getParentRoute: () => root,
  path: '/rollouts',
  validateSearch: parseRolloutsSearch,
  component: lazyRouteComponent(() => import('../features/rollouts/rollouts-screen'), 'RolloutsScreen'),
});

const newRollout = createRoute({
  getParentRoute: () => root,
  path: '/rollouts/new',
  validateSearch: parseNewRolloutSearch,
  component: lazyRouteComponent(
    () => import('../features/rollouts/start/new-rollout-screen'),
    'NewRolloutScreen',
  ),
});

const rollout = createRoute({
  getParentRoute: () => root,
  path: '/rollouts/$id',
  validateSearch: parseRolloutSearch,
  component: lazyRouteComponent(() => import('../features/rollouts/one/rollout-screen'), 'RolloutScreen'),
});

/** The screens about rollouts. */
export const rollOutRoutes = [rollouts, newRollout, rollout] as const;
