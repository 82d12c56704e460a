import { purses, steps } from '@/stories/fixtures'
import type { Story } from '@/stories/story'
import { Split } from './Split'
import { Trace } from './Trace'

export const story: Story = {
  title: '怎么算出来的',
  note: 'Trace, Split',
  render: () => (
    <>
      <Trace steps={steps} />
      <Split purses={purses} />
    </>
  ),
}
