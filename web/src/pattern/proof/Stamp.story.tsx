import { HASH } from '@/stories/fixtures'
import type { Story } from '@/stories/story'
import { ProofBadge } from './ProofBadge'
import { Stamp } from './Stamp'

const seal = { fact: 'fact_1', leaf_hash: HASH, index: 48_212, log_size: 51_907, sealed_at: '2025-10-21T10:00:00Z' }

export const story: Story = {
  title: '一枚印',
  note: '图案由摘要算出，像蜡染的戳',
  render: () => (
    <>
      <div className="row">
        <Stamp hash={HASH} size={72} />
        <Stamp hash={HASH.slice(20) + HASH} size={72} />
        <Stamp hash={HASH.slice(6)} size={44} />
        <Stamp hash={HASH} size={22} />
        <Stamp hash={HASH} size={72} state="differs" />
        <Stamp hash="" size={44} state="open" />
      </div>
      <p className="note">图案只帮人认，凭据靠重算。</p>
      <ProofBadge seal={seal} recomputed="same" onRecompute={() => undefined} />
    </>
  ),
}
