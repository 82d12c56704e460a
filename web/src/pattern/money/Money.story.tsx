import type { Story } from '@/stories/story'
import { Money } from './Money'
import { MoneyBar, MoneyBarKey } from './MoneyBar'

export const story: Story = {
  title: '钱',
  note: '两位小数，负号 U+2212',
  render: () => (
    <div className="stack">
      <span><Money fen="468759363" /></span>
      <span><Money fen="-20000000" /></span>
      <span><Money fen="129062000" overview bare /></span>
      <MoneyBar paid="103648" held="41260" ceiling="200000" />
      <MoneyBarKey />
    </div>
  ),
}
