import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { clause } from '@/stories/fixtures'
import { Stage } from '@/stories/Stage'
import { OutcomeChip, OUTCOMES, OutcomeShape } from './Outcome'
import { ReasonList } from './ReasonList'
import { Term } from './Term'

it('tells the outcomes apart by shape alone', () => {
  const shapes = OUTCOMES.map((outcome) => {
    const { container } = render(<OutcomeShape outcome={outcome} />)
    return container.querySelector('svg')?.innerHTML
  })
  // Not in force and expired are both outside the period; not payable and not eligible both pay nothing.
  expect(new Set(shapes).size).toBe(OUTCOMES.length - 2)
})

it('says every outcome in words', () => {
  render(<Stage>{OUTCOMES.map((o) => <OutcomeChip key={o} outcome={o} />)}</Stage>)
  for (const word of ['符合', '还缺', '待裁定', '不符合', '仅模拟', '已过期', '未生效', '不由规则付款']) expect(screen.getByText(word)).toBeTruthy()
})

it('marks reasons that fail or cannot be told, in words', () => {
  const reason = { kind: 'fact' as const, text: { zh: '本地注册', en: 'Local' } }
  render(<Stage><ReasonList reasons={[{ ...reason, id: '1', ok: true, clause: clause('二') }, { ...reason, id: '2', ok: false }, { ...reason, id: '3', ok: null }]} /></Stage>)
  expect(screen.getAllByRole('listitem').map((li) => li.textContent)).toEqual(['实本地注册贵阳措施 二', '实不满足本地注册', '实还缺本地注册'])
})

it('opens a term by keyboard, in both languages', async () => {
  render(<Stage><Term entry={{ name: { zh: '晋级补差', en: 'Top-up' }, meaning: { zh: '只补差额。', en: 'Only the difference.' }, code: 'top_up' }} /></Stage>)
  await userEvent.tab()
  await userEvent.keyboard('{Enter}')
  expect(await screen.findByText('Top-up')).toBeTruthy()
  expect(screen.getByText('top_up')).toBeTruthy()
})
