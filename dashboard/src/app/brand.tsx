import icon from './icon.svg';

export function Brand({ size = 18 }: { readonly size?: number }) {
  return <img src={icon} width={size} height={size} alt="" />;
}
