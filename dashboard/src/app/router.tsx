import { createRoute, createRouter, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { parseAnalyticsSearch } from '../features/analytics';
import { parseChangesSearch } from '../features/changes';
import { parseCompareSearch, parseExecutionsSearch } from '../features/executions';
import { parsePlaygroundSearch } from '../features/playground';
import { parsePromptSearch } from '../features/prompt';
import { parsePromptsSearch, PromptsScreen } from '../features/prompts';
import { parseSnippetSearch, parseSnippetsSearch } from '../features/snippets';
import { evaluateRoutes } from './evaluate-routes';
import { governRoutes } from './govern-routes';
import { rollOutRoutes } from './roll-out-routes';
import { root } from './root-route';

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/prompts', search: {} });
  },
});

const prompts = createRoute({
  getParentRoute: () => root,
  path: '/prompts',
  validateSearch: parsePromptsSearch,
  component: PromptsScreen,
});

/** The path has one more part than that of a prompt, because a prompt may be called `new`. */
const newPrompt = createRoute({
  getParentRoute: () => root,
  path: '/prompts/-/new',
  component: lazyRouteComponent(() => import('../features/prompt/new-prompt-screen'), 'NewPromptScreen'),
});

const prompt = createRoute({
  getParentRoute: () => root,
  path: '/prompts/$name',
  validateSearch: parsePromptSearch,
  component: lazyRouteComponent(() => import('./prompt-page'), 'PromptPage'),
});

const snippets = createRoute({
  getParentRoute: () => root,
  path: '/snippets',
  validateSearch: parseSnippetsSearch,
  component: lazyRouteComponent(() => import('../features/snippets/snippets-screen'), 'SnippetsScreen'),
});

const snippet = createRoute({
  getParentRoute: () => root,
  path: '/snippets/$name',
  validateSearch: parseSnippetSearch,
  component: lazyRouteComponent(() => import('../features/snippets/snippet-screen'), 'SnippetScreen'),
});

const playground = createRoute({
  getParentRoute: () => root,
  path: '/playground',
  validateSearch: parsePlaygroundSearch,
  component: lazyRouteComponent(() => import('../features/playground/playground-screen'), 'PlaygroundScreen'),
});

const executions = createRoute({
  getParentRoute: () => root,
  path: '/executions',
  validateSearch: parseExecutionsSearch,
  component: lazyRouteComponent(() => import('../features/executions/executions-screen'), 'ExecutionsScreen'),
});

const execution = createRoute({
  getParentRoute: () => root,
  path: '/executions/$id',
  component: lazyRouteComponent(
    () => import('../features/executions/one/execution-screen'),
    'ExecutionScreen',
  ),
});

const comparison = createRoute({
  getParentRoute: () => root,
  path: '/executions/$id/compare',
  validateSearch: parseCompareSearch,
  component: lazyRouteComponent(
    () => import('../features/executions/compare/compare-screen'),
    'CompareScreen',
  ),
});

const batch = createRoute({
  getParentRoute: () => root,
  path: '/executions/batches/$id',
  component: lazyRouteComponent(() => import('../features/executions/batch/batch-screen'), 'BatchScreen'),
});

const analytics = createRoute({
  getParentRoute: () => root,
  path: '/analytics',
  validateSearch: parseAnalyticsSearch,
  component: lazyRouteComponent(() => import('../features/analytics/analytics-screen'), 'AnalyticsScreen'),
});

const changes = createRoute({
  getParentRoute: () => root,
  path: '/changes',
  validateSearch: parseChangesSearch,
  component: lazyRouteComponent(() => import('../features/changes/changes-screen'), 'ChangesScreen'),
});

const change = createRoute({
  getParentRoute: () => root,
  path: '/changes/$id',
  component: lazyRouteComponent(() => import('../features/changes/change-screen'), 'ChangeScreen'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    prompts,
    newPrompt,
    prompt,
    snippets,
    snippet,
    playground,
    executions,
    execution,
    comparison,
    batch,
    analytics,
    changes,
    change,
    ...evaluateRoutes,
    ...rollOutRoutes,
    ...governRoutes,
  ]),
  basepath: '/app',
  defaultPreload: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
