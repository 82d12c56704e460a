import type { Text } from '@/i18n'
import type { Seal } from '@/pattern/proof/ProofBadge'

export interface Fact {
  id: string
  kind: string
  label: Text | null
  subject: string
  object: string
  quantity: string
  unit: string
  occurred: string
  recorded: string
  attested_by: string
  attestor: string
  attributes: { name: string; label: Text | null; value: string; words: Text | null }[]
  corrects: string
  corrected_by: string
  seal: Seal
  /** Both null for readers who may see the record but not open its commitment. */
  salt: string | null
  canonical: string | null
}

export interface Log {
  size: number
  root: string
  checkpoint_at: string | null
  origin: string
  public_key: string
  /** Entries that wait to be sealed. */
  pending: number
}

/** The steps of recomputing, each with its own verdict. */
export interface Verdict {
  commitment: 'same' | 'differs' | 'not_open'
  path: 'same' | 'differs'
  signature: 'same' | 'differs' | 'cannot'
  /** Root that this browser computed. */
  root: string
  steps: number
}

export const holds = (v: Verdict): boolean => v.commitment !== 'differs' && v.path === 'same' && v.signature !== 'differs'
