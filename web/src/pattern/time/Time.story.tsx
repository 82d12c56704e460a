import type { Story } from '@/stories/story'
import { Clock } from './Clock'
import { Timeline } from './Timeline'

export const story: Story = {
  title: '时钟在谁手里',
  note: '一格一个工作日',
  render: () => (
    <>
      <p><Clock face={{ left: 3, total: 5 }} /></p>
      <p><Clock face={{ left: 0, total: 5 }} /></p>
      <p><Clock face={{ left: -1, total: 5 }} /></p>
      <p><Clock face={{ left: 20, total: 60 }} /></p>
      <Timeline
        moments={[
          { key: '1', when: 'past', title: '提交', note: '8月26日　企业' },
          { key: '2', when: 'past', title: '补正 1 次', note: '企业用 6 天，不计入' },
          { key: '3', when: 'now', title: '经办决定', waitsFor: '等您', clock: { left: 0, total: 5 } },
          { key: '4', when: 'to_come', title: '复核', note: '须由另一人，5 天' },
          { key: '5', when: 'to_come', title: '市、区分别付款' },
        ]}
      />
    </>
  ),
}
