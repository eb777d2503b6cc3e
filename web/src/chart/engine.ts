/** The parts of the drawing library we use; loaded when the first chart is. */
import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { GridComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';

use([BarChart, CustomChart, LineChart, GridComponent, CanvasRenderer, SVGRenderer]);

export { init };
