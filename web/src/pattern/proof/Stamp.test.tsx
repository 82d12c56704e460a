import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { HASH } from '@/stories/fixtures'
import { Stage } from '@/stories/Stage'
import { ProofBadge, type Seal } from './ProofBadge'
import { Stamp } from './Stamp'
import { quadrant } from './stamp'

it('draws each byte 0–8 by its threshold, both sides of every one', () => {
  // 00 32|33 60|61 8e|8f c2|c3: none none disc disc ring ring diamond diamond quarter
  expect(quadrant('003233608e8fc2c3e0')).toEqual(['none', 'none', 'disc', 'disc', 'ring', 'diamond', 'diamond', 'quarter', 'quarter'])
  expect(quadrant('61e1ff000000000000')?.slice(0, 3)).toEqual(['ring', 'dot', 'dot'])
})
it('has no drawing for what is no hash', () => expect(quadrant('zz')).toBeNull())

it('mirrors the quadrant both ways and is the same for the same record', () => {
  const { container: one } = render(<Stage><Stamp hash={HASH} size={72} /></Stage>)
  const { container: two } = render(<Stage><Stamp hash={HASH} size={72} /></Stage>)
  const groups = one.querySelectorAll('g')
  expect(groups).toHaveLength(4)
  expect(new Set(Array.from(groups, (g) => g.innerHTML)).size).toBe(1)
  expect(one.innerHTML).toBe(two.innerHTML)
})

const seal: Seal = { fact: 'f', leaf_hash: HASH, index: 48_212, log_size: 51_907, sealed_at: '2025-10-21T10:00:00Z' }

it('says where the record is and that this browser recomputed it', async () => {
  const again = vi.fn()
  render(<Stage><ProofBadge seal={seal} recomputed="same" onRecompute={again} /></Stage>)
  expect(screen.getByText(/日志第/).textContent).toBe('日志第 48,212 条，共 51,907 条')
  expect(screen.getByText(/18:00 签名/)).toBeTruthy()
  expect(screen.getByRole('status').textContent).toBe('刚在本机重算：一致')
  await userEvent.click(screen.getByRole('button', { name: '再校验一次' }))
  expect(again).toHaveBeenCalledOnce()
})

it('turns red when the recomputation differs, and is an outline before the seal', () => {
  const { rerender } = render(<Stage><ProofBadge seal={seal} recomputed="differs" /></Stage>)
  expect(screen.getByRole('img', { name: /重算不符/ })).toBeTruthy()
  rerender(<Stage><ProofBadge seal={{ ...seal, index: null, sealed_at: null }} recomputed="not_yet" /></Stage>)
  expect(screen.getByRole('img', { name: /尚未封存/ })).toBeTruthy()
  expect(screen.getByText('等待封存，稍后写入日志')).toBeTruthy()
})
