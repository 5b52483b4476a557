export { parseAnnotationSearch } from './annotation-search';
