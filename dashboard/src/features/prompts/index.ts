export { parsePromptsSearch } from './prompts-search';
export { PromptsScreen } from './prompts-screen';
