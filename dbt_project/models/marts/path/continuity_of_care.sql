{{ steps_of_path('care') }}
