import type { ReactNode } from 'react';
import { late } from './late';

export interface DrawerProps {
  title: string;
  onClose: () => void;
  wide?: boolean; // holds a chart and tables
  children: ReactNode;
}

export const Drawer = late<DrawerProps>(() => import('./OverDrawer'));
