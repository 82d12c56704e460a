-- Money of a source that one person reported waits for another, who is shown it
-- all day long. What was invested before this has one hand, as it was written.
create index referral_reported on referral_sending (project) where state = 'reported';
