import type { lane as zh } from './lane.zh'

export const lane: typeof zh = {
  title: 'Green lane',
  note: 'It changes the order of work and skips no step',
  any: 'Any lane',
  green: 'Green lane',
  marked: 'Green lane to be confirmed',
  document: 'Document',
  clause: 'Clause',
  reason: 'Reason',
  uses: 'Uses of the green lane',
  usesNote: 'Each step is kept and is undone by another step only',
  none: 'The green lane has not been used',
  act: { mark: 'Ask for the green lane', confirm: 'Agree', decline: 'Decline', lift: 'Lift the green lane' },
  did: { mark: 'Asked for', confirm: 'Agreed', decline: 'Declined', lift: 'Lifted' },
  now: { none: 'not in it now', marked: 'waits for a second person', green: 'in it now' },
}
