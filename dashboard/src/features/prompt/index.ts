export { parsePromptSearch } from './prompt-search';
