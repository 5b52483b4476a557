export { type Dashboard, openDashboard } from './open-dashboard.js';
export { serveDashboard } from './serve-dashboard.js';
