import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { parseAuditSearch } from '../features/audit';
import { parsePricesSearch } from '../features/settings';
import { root } from './root-route';

const audit = createRoute({
  getParentRoute: () => root,
  path: '/audit',
  validateSearch: parseAuditSearch,
  component: lazyRouteComponent(() => import('../features/audit/audit-screen'), 'AuditScreen'),
});

const keys = createRoute({
  getParentRoute: () => root,
  path: '/keys',
  component: lazyRouteComponent(() => import('../features/access/keys/keys-screen'), 'KeysScreen'),
});

const members = createRoute({
  getParentRoute: () => root,
  path: '/members',
  component: lazyRouteComponent(() => import('../features/access/people/members-screen'), 'MembersScreen'),
});

const teams = createRoute({
  getParentRoute: () => root,
  path: '/teams',
  component: lazyRouteComponent(() => import('../features/access/teams/teams-screen'), 'TeamsScreen'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: lazyRouteComponent(
    () => import('../features/settings/project/settings-screen'),
    'SettingsScreen',
  ),
});

const environments = createRoute({
  getParentRoute: () => root,
  path: '/environments',
  component: lazyRouteComponent(
    () => import('../features/settings/environments/environments-screen'),
    'EnvironmentsScreen',
  ),
});

const models = createRoute({
  getParentRoute: () => root,
  path: '/models',
  component: lazyRouteComponent(() => import('../features/settings/models/models-screen'), 'ModelsScreen'),
});

const prices = createRoute({
  getParentRoute: () => root,
  path: '/prices',
  validateSearch: parsePricesSearch,
  component: lazyRouteComponent(() => import('../features/settings/prices/prices-screen'), 'PricesScreen'),
});

const routes = createRoute({
  getParentRoute: () => root,
  path: '/routes',
  component: lazyRouteComponent(() => import('../features/settings/routes/routes-screen'), 'RoutesScreen'),
});

const providerKeys = createRoute({
  getParentRoute: () => root,
  path: '/provider-keys',
  component: lazyRouteComponent(
    () => import('../features/settings/provider-keys/provider-keys-screen'),
    'ProviderKeysScreen',
  ),
});

const webhooks = createRoute({
  getParentRoute: () => root,
  path: '/webhooks',
  component: lazyRouteComponent(
    () => import('../features/settings/webhooks/webhooks-screen'),
    'WebhooksScreen',
  ),
});

const projects = createRoute({
  getParentRoute: () => root,
  path: '/projects',
  component: lazyRouteComponent(
    () => import('../features/settings/project/projects-screen'),
    'ProjectsScreen',
  ),
});

/** The screens about access, settings and the audit log. */
export const governRoutes = [
  audit,
  keys,
  members,
  teams,
  settings,
  environments,
  models,
  prices,
  routes,
  providerKeys,
  webhooks,
  projects,
] as const;
