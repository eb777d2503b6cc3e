import { useDeferredValue, useState } from 'react';
import {
  Autocomplete,
  Dialog,
  Input,
  Menu,
  MenuItem,
  Modal,
  ModalOverlay,
  SearchField,
  Text,
} from 'react-aria-components';
import { useStatus, useValues } from '../api/queries';
import { literal } from '../query/escape';
import { DEFAULTS } from '../query/query';
import { Icon, type IconName } from '../ui/Icon';
import { setTheme } from '../ui/theme';
import { type Here, useAddress } from './address';
import { PAGES } from './pages';

interface Command {
  id: string;
  label: string;
  note: string;
  icon: IconName;
  run: () => void;
}

/** One box for pages, for values that really occur, and for commands. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const here = useAddress();
  const [text, setText] = useState('');
  const commands = useCommands(here, text);
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => !open && onClose()} className="dialog-back">
      <Modal className="dialog">
        <Dialog aria-label="Search and commands">
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField aria-label="Search" className="menu-search" autoFocus>
              <Icon name="search" />
              <Input placeholder="Pages, teams, services, resources, commands" />
            </SearchField>
            <Menu
              aria-label="Found"
              className="menu"
              items={commands}
              onAction={(id) => {
                onClose();
                commands.find((command) => command.id === id)?.run();
              }}
              renderEmptyState={() => <span className="menu-empty">Nothing by that name</span>}
            >
              {(command: Command) => (
                <MenuItem id={command.id} textValue={command.label} className="menu-item">
                  <Icon name={command.icon} size={16} />
                  <Text slot="label" className="menu-split">
                    <span>{command.label}</span>
                    <span className="menu-kind">{command.note}</span>
                  </Text>
                </MenuItem>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const SEARCHED = ['team', 'service', 'resource'] as const;

function useCommands(here: Here, text: string): Command[] {
  const search = useDeferredValue(text.trim());
  const hasData = useStatus().data?.empty === false;
  const scope = { ...DEFAULTS, period: here.query.period };
  const found = [
    useValues('team', search, scope, hasData && search !== '', 5),
    useValues('service', search, scope, hasData && search !== '', 5),
    useValues('resource', search, scope, hasData && search !== '', 5),
  ];
  const fixed = [...pageCommands(here), ...themeCommands()].filter((command) =>
    command.label.toLowerCase().includes(search.toLowerCase()),
  );
  if (!search) return fixed;
  const values = SEARCHED.flatMap((dimension, index) =>
    (found[index]?.data?.values ?? []).flatMap((item) =>
      item.value === null ? [] : [valueCommand(here, dimension, item.value, item.label ?? null)],
    ),
  );
  const seen = new Set<string>();
  return [...fixed, ...values].filter(({ id }) => !seen.has(id) && seen.add(id));
}

function valueCommand(here: Here, dimension: string, value: string, label: string | null): Command {
  const where = [{ dimension, negated: false, values: [literal(value)] }];
  const by = [dimension === 'resource' ? 'cost_driver' : dimension === 'service' ? 'resource' : 'service'];
  return {
    id: `${dimension}:${value}`,
    label: label ?? value,
    note: dimension,
    icon: 'filter',
    run: () =>
      here.go({
        path: '/explore',
        query: { ...DEFAULTS, period: here.query.period, measures: here.query.measures, where, by },
        view: { tab: '', sel: '', why: '' },
      }),
  };
}

function pageCommands(here: Here): Command[] {
  return PAGES.filter((page) => !page.path.includes('$')).map((page) => ({
    id: page.path,
    label: page.label,
    note: page.hidden ? 'page' : `g ${page.key}`,
    icon: page.icon,
    run: () => here.go({ path: page.path, view: { tab: '', sel: '', why: '' } }),
  }));
}

function themeCommands(): Command[] {
  return [
    { id: 'light', label: 'Light theme', note: 'command', icon: 'sun', run: () => setTheme('light') },
    { id: 'dark', label: 'Dark theme', note: 'command', icon: 'moon', run: () => setTheme('dark') },
    { id: 'system', label: 'Theme as the system', note: 'command', icon: 'screen', run: () => setTheme('system') },
  ];
}
