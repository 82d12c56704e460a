import { clause } from '@/stories/fixtures'
import type { Story } from '@/stories/story'
import { Basis } from './Basis'
import { ClauseRef } from './ClauseRef'
import { OutcomeChip, OUTCOMES } from './Outcome'
import { ReasonList } from './ReasonList'
import { Term } from './Term'

export const story: Story = {
  title: '结论与理由',
  note: '形状、颜色和字一起说',
  render: () => (
    <div className="stack">
      <div className="row">
        {OUTCOMES.map((o) => (
          <OutcomeChip key={o} outcome={o} />
        ))}
      </div>
      <div className="row">
        <Basis kind="clause" /> <Basis kind="fact" /> <Basis kind="step" /> <Basis kind="ruling" /> <ClauseRef clause={clause('八(三)')} />
        <Term entry={{ name: { zh: '晋级补差', en: 'Top-up on promotion' }, meaning: { zh: '升了档，只补新旧两档的差。', en: 'After a promotion only the difference is paid.' }, clause: clause('八(三)'), code: 'top_up' }} />
      </div>
      <ReasonList
        reasons={[
          { id: '1', kind: 'fact', ok: true, text: { zh: '本地注册的独立法人', en: 'Registered locally' }, note: '市场监管局 2025-06-02', clause: clause('八(二)') },
          { id: '2', kind: 'fact', ok: null, text: { zh: '审计确认的建设成本', en: 'Audited cost' }, note: '请审计机构出具', clause: clause('二') },
          { id: '3', kind: 'fact', ok: false, text: { zh: '模型在本地训练', en: 'Trained locally' }, clause: clause('二') },
        ]}
      />
    </div>
  ),
}
