import { LineChart } from 'echarts/charts'
import { AriaComponent, GridComponent, MarkLineComponent } from 'echarts/components'
import { use as register } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'

/** Only what we draw: a line on a grid with a mark, as SVG, which prints and scales. */
register([LineChart, GridComponent, MarkLineComponent, AriaComponent, SVGRenderer])

export { init, type ECharts } from 'echarts/core'
