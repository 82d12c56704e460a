import type { Story } from '@/stories/story'
import { GoalBar } from './GoalBar'
import { LightChip, LIGHTS } from './LightChip'

const ticks = [
  { year: 2025, value: 130, now: true, at: 72 },
  { year: 2026, value: 150, now: false, at: 83 },
  { year: 2027, value: 180, now: false, at: 100 },
]

export const story: Story = {
  title: '目标',
  note: '实为现值，条纹为预计，红为缺口，刻度为各年目标',
  render: () => (
    <>
      <GoalBar shape={{ value: 51, forecast: 17, gap: 4, ticks }} label="现值 92.7，预计 123.9，目标 130 亿元" />
      <GoalBar shape={{ value: 0, forecast: 0, gap: 0, ticks }} label="待报数" />
      <p className="row">{LIGHTS.map((light) => <LightChip key={light} light={light} />)}</p>
    </>
  ),
}
