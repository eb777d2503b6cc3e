import { Link as RouterLink } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface LinkProps {
  path: string;
  text?: string; // the address after the question mark
  id?: string;
  className?: string;
  title?: string;
  row?: boolean; // opens a row: j and k walk over these
  onClick?: () => void;
  onMouseEnter?: () => void;
  children: ReactNode;
}

/** A link within the product. Everything that can be opened is one, so that it can be copied and opened in a tab. */
export function Link({ path, text = '', row, children, ...rest }: LinkProps) {
  return (
    <RouterLink to={path} search={{ text }} {...(row && { 'data-row': '' })} {...rest}>
      {children}
    </RouterLink>
  );
}

/** Addresses of the server ("/explore?by=team") as links. */
export function AddressLink({
  address,
  className,
  children,
}: {
  address: string;
  className?: string;
  children: ReactNode;
}) {
  const [path = '/', text = ''] = address.split('?', 2);
  return (
    <Link path={path} text={text} {...(className && { className })}>
      {children}
    </Link>
  );
}
