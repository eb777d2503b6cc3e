import type { KeyboardEvent, ReactNode, RefObject } from 'react';

interface OpenButtonProps<T> {
  button: RefObject<HTMLButtonElement | null>;
  className: string;
  id?: string | undefined;
  name?: string | undefined; // where its content is none
  menu?: boolean;
  isOpen: boolean;
  keys: Record<string, T>; // what each key opens it with
  pressed: (byKeys: boolean) => T; // and a press
  fetch: () => void; // what opens is fetched when it is about to
  onOpen: (at: T) => void;
  children: ReactNode;
}

/** A button of what opens below it. Closing leads back to it. */
export function OpenButton<T>({ button, keys, pressed, fetch, onOpen, menu, isOpen, ...own }: OpenButtonProps<T>) {
  const { className, id, name, children } = own;
  const open = (at: T) => {
    button.current?.focus(); // not every browser does
    onOpen(at);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const at = keys[event.key];
    if (at === undefined) return;
    event.preventDefault();
    open(at);
  };
  return (
    <button
      ref={button}
      id={id}
      type="button"
      className={className}
      aria-label={name}
      aria-haspopup={menu ? 'menu' : undefined}
      aria-expanded={isOpen}
      onPointerEnter={fetch}
      onFocus={fetch}
      onKeyDown={onKeyDown}
      onClick={(event) => open(pressed(event.detail === 0))}
    >
      {children}
    </button>
  );
}
