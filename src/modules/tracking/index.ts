export { TrackingHttpModule, TrackingModule } from './tracking.module.js';
